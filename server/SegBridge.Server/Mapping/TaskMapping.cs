using Google.Protobuf;
using SegBridge.Imaging.Geometry;
using SegBridge.Sessions.Tasks;
using Wire = SegBridge.V1;

namespace SegBridge.Server.Mapping;

/// <summary>Tasks and their examples.</summary>
internal static class TaskMapping
{
    /// <summary>Largest part of an archive in either direction, bytes.</summary>
    public const int ChunkBytes = 1 << 20;

    private const int MaxSlices = 1000;
    private const int MaxPage = 100;
    private const int MaxId = 64;
    private const int MaxName = 100;

    public static string? ToOptionalId(string id) => id.Length == 0 ? null : Field.Text(id, 1, MaxId, "task_id");

    public static string ToName(string name) => Field.Text(name, 1, MaxName, "name");

    /// <returns>Empty: the archive says it.</returns>
    public static string ToArchiveName(string name) => Field.Text(name, 0, MaxName, "name");

    public static IReadOnlyList<SlicePlane> ToSlices(Wire.AddExamplesRequest request)
    {
        Field.Within((uint)request.Slices.Count, 1, MaxSlices, "slices");
        return [.. request.Slices.Select((slice, n) => GeometryMapping.ToPlane(slice, $"slices[{n}]")).Distinct()];
    }

    /// <summary>The ids of a page of examples.</summary>
    public static IEnumerable<string> PageOf(IReadOnlyList<string> examples, Wire.ListExamplesRequest request)
    {
        var limit = Field.Within(request.Limit, 1, MaxPage, "limit");
        return examples.Skip(Field.Within(request.Offset, 0, int.MaxValue, "offset")).Take(limit);
    }

    public static ReadOnlyMemory<byte> ToPart(ByteString data) => data.Length <= ChunkBytes
        ? data.Memory
        : throw new InvalidFieldException("data", $"must have at most {ChunkBytes} bytes, got {data.Length}; send the archive in parts");

    public static Wire.Task ToWire(TaskInfo task) =>
        new() { Id = task.Id, Name = task.Name, Examples = (uint)task.Examples, Writable = task.Writable };

    public static Wire.Example ToWire(string id, ExamplePicture picture) =>
        new() { Id = id, ThumbnailPng = UnsafeByteOperations.UnsafeWrap(ExampleThumbnail.Of(picture)) };
}
