using SegBridge.Imaging.Geometry;
using SegBridge.Sessions.Segments;

namespace SegBridge.Sessions.Journal;

/// <summary>What a journal says of its segments before their masks are there again.</summary>
internal static class ReplayPreview
{
    /// <summary>Segments in the order of their creation; voxel counts, volumes and boxes are 0.</summary>
    public static IReadOnlyList<SegmentInfo> Of(IReadOnlyList<Act> acts)
    {
        var segments = new OrderedDictionary<string, SegmentInfo>();
        foreach (var act in acts)
        {
            switch (act)
            {
                case SegmentPutAct put:
                    segments[put.Settings.Id] = With(put.Settings, segments.GetValueOrDefault(put.Settings.Id));
                    break;
                case SegmentRemovedAct removed:
                    segments.Remove(removed.SegmentId);
                    break;
                case SegmentResetAct reset when segments.TryGetValue(reset.SegmentId, out var old):
                    segments[reset.SegmentId] = old with { Step = 0, UndoSteps = 0, RedoSteps = 0 };
                    break;
                case MaskAct mask when segments.TryGetValue(mask.SegmentId, out var old):
                    segments[mask.SegmentId] = old with
                    {
                        Step = mask.Effect.Step, UndoSteps = mask.Effect.Step, RedoSteps = mask.Effect.RedoSteps,
                    };
                    break;
            }
        }

        return [.. segments.Values];
    }

    private static SegmentInfo With(SegmentSettings settings, SegmentInfo? old) => new(
        settings.Id, settings.Name, settings.Color, settings.Terminology,
        old?.Step ?? 0, old?.UndoSteps ?? 0, old?.RedoSteps ?? 0, 0, 0, VoxelBox.Empty, settings.AllowOverlap, settings.Locked);
}
