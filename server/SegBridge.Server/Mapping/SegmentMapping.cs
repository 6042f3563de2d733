using SegBridge.Sessions.Segments;
using Wire = SegBridge.V1;

namespace SegBridge.Server.Mapping;

/// <summary>Segments and their history.</summary>
internal static class SegmentMapping
{
    private const int MaxName = 100;
    private const int MaxTerminology = 1000;
    private const int MaxColor = 0xFFFFFF;
    private const int MaxId = 64;

    /// <summary>An id must at least have a length that messages can bear; its characters are the session's to check.</summary>
    public static string ToId(string id, string path = "segment_id") => Field.Text(id, 1, MaxId, path);

    public static SegmentSettings ToSettings(Wire.Segment? segment)
    {
        Field.Required(segment, "segment");
        return new SegmentSettings(
            ToId(segment.Id, "segment.id"),
            Field.Text(segment.Name, 0, MaxName, "segment.name"),
            (uint)Field.Within(segment.Color, 0, MaxColor, "segment.color"),
            Field.Text(segment.Terminology, 0, MaxTerminology, "segment.terminology"),
            segment.AllowOverlap,
            segment.Locked);
    }

    public static Wire.Segment ToWire(SegmentInfo segment) => new()
    {
        Accepted = { segment.Accepted.Select(GeometryMapping.ToWire) },
        Id = segment.Id,
        Name = segment.Name,
        Color = segment.Color,
        Terminology = segment.Terminology,
        Step = (uint)segment.Step,
        UndoSteps = (uint)segment.UndoSteps,
        RedoSteps = (uint)segment.RedoSteps,
        VoxelCount = (ulong)segment.VoxelCount,
        VolumeMl = segment.VolumeMl,
        BoundingBox = GeometryMapping.ToWire(segment.BoundingBox),
        AllowOverlap = segment.AllowOverlap,
        Locked = segment.Locked,
    };

    public static Wire.HistoryReply ToWire(HistoryResult result) => new()
    {
        Changed = MaskMapping.ToWire(result.Changed),
        Segment = ToWire(result.Segment),
    };
}
