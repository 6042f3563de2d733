using SegBridge.Imaging.Volumes;
using SegBridge.Sessions.Segments;

namespace SegBridge.Sessions.Journal;

/// <summary>A session taken up again.</summary>
/// <param name="Session">It may be used once <paramref name="NeededBricks"/> is empty.</param>
/// <param name="Segments">As they are; without voxel counts, volumes and boxes while bricks are needed.</param>
/// <param name="NeededBricks">Bricks to send before resuming once more, nearest the newest prompt first.</param>
/// <param name="Waiting">Prompts that no result shows yet.</param>
/// <param name="Lost">What could not be brought back, in words; empty when all was.</param>
public sealed record ResumedSession(
    Session Session,
    IReadOnlyList<SegmentInfo> Segments,
    IReadOnlyList<BrickIndex> NeededBricks,
    IReadOnlyList<WaitingPrompts> Waiting,
    string Lost);
