namespace SegBridge.Server.Hosting;

/// <summary>The clients of another server that a door is for.</summary>
public enum DoorKind
{
    /// <summary>nnInteractive's clients, of both protocols: 3D Slicer, napari, MITK.</summary>
    NnInteractive,

    /// <summary>MONAI Label's clients: 3D Slicer, OHIF.</summary>
    MonaiLabel,
}

/// <summary>
/// A port on which clients of another server find what they expect of it (HTTP/1.1, encrypted when the server is). They work
/// on the same sessions, models and limits as everybody else.
/// </summary>
/// <param name="Kind">For whom.</param>
/// <param name="Port">0: any free port, see <see cref="RunningServer.Doors"/>.</param>
public sealed record DoorSettings(DoorKind Kind, int Port)
{
    /// <summary>The port at which the clients look unless they are told another.</summary>
    public static int DefaultPort(DoorKind kind) => kind == DoorKind.NnInteractive ? 1527 : 8000;
}

/// <summary>A door that is open.</summary>
/// <param name="Name">As the operator names it.</param>
/// <param name="Clients">For whom, in words.</param>
/// <param name="Address">Where.</param>
public sealed record OpenDoor(string Name, string Clients, Uri Address);
