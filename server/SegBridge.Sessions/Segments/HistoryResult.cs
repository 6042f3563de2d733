using SegBridge.Imaging.Masks;

namespace SegBridge.Sessions.Segments;

/// <summary>Outcome of moving through a segment's history.</summary>
/// <param name="Changed">What the mask is now, inside the smallest box of changed voxels.</param>
/// <param name="Segment">The segment now.</param>
public sealed record HistoryResult(BitBlock Changed, SegmentInfo Segment);
