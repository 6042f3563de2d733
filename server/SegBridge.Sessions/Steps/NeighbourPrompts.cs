using SegBridge.Imaging.Morphology;
using SegBridge.Models.Slices;

namespace SegBridge.Sessions.Steps;

/// <summary>
/// How the mask of the slice before steers a prediction. The numbers were chosen by measuring: as sure as a model's own
/// output, the mask is copied from slice to slice; without a scribble, a model that only knows prompts lets it fade.
/// </summary>
internal static class NeighbourPrompts
{
    // Of the magnitude of logits that stand for a mask.
    private const float SurenessAlone = 1 / 3f;
    private const float SurenessWithExamples = 1 / 4f;

    // Of the largest distance from the edge.
    private const float CoreDepth = 0.4f;

    /// <summary>The mask as a previous prediction that is less sure than a real one.</summary>
    public static float[] Logits(ISliceModel model, ReadOnlySpan<byte> mask, int rows, int columns, bool withExamples)
    {
        var sureness = withExamples ? SurenessWithExamples : SurenessAlone;
        return Array.ConvertAll(model.LogitsOf(mask, rows, columns), value => value * sureness);
    }

    /// <summary>A positive scribble along the middle of the mask, away from its edges, which may have moved.</summary>
    public static SlicePrompts Core(ReadOnlySpan<byte> mask, int rows, int columns)
    {
        var depths = new float[mask.Length];
        DistanceTransform.Of(mask, rows, columns, depths);
        var limit = CoreDepth * depths.Max();
        var core = Array.ConvertAll(depths, depth => depth > limit || float.IsPositiveInfinity(depth) ? (byte)1 : (byte)0);
        var line = (byte[])core.Clone();
        ZhangSuen.Thin(line, rows, columns);
        // Thinning erases a lone 2 × 2 block.
        return new SlicePrompts { PositiveScribble = line.AsSpan().ContainsAnyExcept((byte)0) ? line : core };
    }
}
