using System.Globalization;
using SegBridge.Imaging.Geometry;
using SegBridge.Sessions.Errors;

namespace SegBridge.Sessions.Prompts;

/// <summary>Which slice prompts are on.</summary>
internal static class PromptPlane
{
    // Half a voxel either side belongs to the slice; the rest is rounding of world coordinates.
    private const double Tolerance = 0.5 + 1e-3;

    /// <summary>The slice across K of the last prompt.</summary>
    public static SlicePlane OfLast(IReadOnlyList<Prompt> prompts) => prompts.Count == 0
        ? throw new InvalidRequestException("slice: name one (axis and index), or send a prompt to take it from")
        : new SlicePlane(Axis.K, FocusOf(prompts[^1]).Nearest().K);

    /// <summary>The middle of a prompt, continuous voxel index.</summary>
    public static VoxelPoint FocusOf(Prompt prompt) => prompt switch
    {
        PointPrompt point => point.At,
        BoxPrompt box => MiddleOf(box.Box),
        ScribblePrompt scribble => MiddleOf(scribble.Voxels.Box),
        StrokePrompt stroke => stroke.Path[stroke.Path.Count / 2],
        LassoPrompt lasso => lasso.Outline[0],
        MaskPrompt mask => MiddleOf(mask.Mask.Box),
        _ => throw new ArgumentOutOfRangeException(nameof(prompt)),
    };

    /// <summary>Refuses positions that are not on the slice.</summary>
    public static void RequireOn(SlicePlane plane, VoxelPoint at, string what)
    {
        var depth = plane.Axis switch { Axis.I => at.I, Axis.J => at.J, _ => at.K };
        if (!(Math.Abs(depth - plane.Index) <= Tolerance))
        {
            throw new InvalidRequestException(string.Create(
                CultureInfo.InvariantCulture,
                $"{what} is at {plane.Axis} = {depth:0.##}, the slice at {plane.Axis} = {plane.Index}; a 2D model takes prompts on the slice it predicts"));
        }
    }

    private static VoxelPoint MiddleOf(VoxelBox box) => new(
        (box.Lower.I + box.Upper.I - 1) / 2.0,
        (box.Lower.J + box.Upper.J - 1) / 2.0,
        (box.Lower.K + box.Upper.K - 1) / 2.0);
}
