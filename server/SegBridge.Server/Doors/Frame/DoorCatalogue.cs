using Microsoft.Extensions.DependencyInjection;
using SegBridge.Server.Hosting;

namespace SegBridge.Server.Doors.Frame;

/// <summary>The doors that this server can open.</summary>
internal static class DoorCatalogue
{
    public static string NameOf(DoorKind kind) => kind switch
    {
        DoorKind.NnInteractive => "nninteractive",
        DoorKind.MonaiLabel => "monai",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such door"),
    };

    /// <summary>Whose clients it is for, in words.</summary>
    public static string ClientsOf(DoorKind kind) => kind switch
    {
        DoorKind.NnInteractive => "clients of nnInteractive: 3D Slicer, napari, MITK",
        _ => "clients of MONAI Label: 3D Slicer, OHIF",
    };

    public static void Add(IServiceCollection services, IEnumerable<DoorSettings> doors)
    {
        foreach (var door in doors)
        {
            services.AddKeyedSingleton(typeof(IDoor), door.Kind, TypeOf(door.Kind));
            if (door.Kind == DoorKind.MonaiLabel)
            {
                Monai.MonaiDoor.AddParts(services);
            }
        }
    }

    public static IDoor Of(DoorKind kind, IServiceProvider services) => services.GetRequiredKeyedService<IDoor>(kind);

    private static Type TypeOf(DoorKind kind) => kind switch
    {
        DoorKind.NnInteractive => typeof(NnInteractive.NnInteractiveDoor),
        _ => typeof(Monai.MonaiDoor),
    };
}
