using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Sessions.Steps;

namespace SegBridge.Sessions.Segments;

/// <summary>One finished step: what it changed, and what was known before and after.</summary>
/// <param name="RequestId">The request that made it, if it had an id.</param>
/// <param name="Changes">Of the mask, in order.</param>
/// <param name="Before">What steps built on before it.</param>
/// <param name="After">What steps build on after it.</param>
/// <param name="Reports">What the user is told of it: once, or slice by slice.</param>
internal sealed record HistoryStep(
    string? RequestId, IReadOnlyList<MaskChange> Changes, SegmentState Before, SegmentState After, IReadOnlyList<StepReport> Reports)
{
    /// <summary>What the model proposed; the same for a step and for the choices made of it. Null when no model was asked.</summary>
    public Proposals? Proposals { get; init; }

    /// <summary>The candidate that the user chose; null of a step that predicts.</summary>
    public int? Chosen { get; init; }

    /// <summary>The propagation that the step is part of. All parts that follow each other are one step of the history.</summary>
    public string? Run { get; init; }

    /// <summary>The examples that served as context, in their order: with the same ones the step gives the same mask.</summary>
    public IReadOnlyList<string> ExampleIds { get; init; } = [];

    /// <summary>The box of all changed voxels.</summary>
    public VoxelBox Box => BoxOf(Changes);

    public long BytesHeld => Changes.Sum(change => change.BytesHeld) + After.BytesHeldSince(Before) + (Chosen is null ? Proposals?.BytesHeld ?? 0 : 0);

    public static VoxelBox BoxOf(IEnumerable<MaskChange> changes) => changes.Aggregate(VoxelBox.Empty, (box, change) => box.Union(change.Box));

    /// <summary>Packs the logits that the step made, and those that it started from.</summary>
    public void Pack()
    {
        After.Patch.Pack();
        Proposals?.Pack();
    }

    /// <summary>This step and the one after it as one.</summary>
    public HistoryStep Joined(HistoryStep next) =>
        next with { Changes = [.. Changes, .. next.Changes], Before = Before, Reports = [.. Reports, .. next.Reports] };
}
