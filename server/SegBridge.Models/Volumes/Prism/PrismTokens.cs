using SegBridge.Models.Prompts;
using SegBridge.Models.Volumes.Patches;

namespace SegBridge.Models.Volumes.Prism;

/// <summary>
/// The prompts of a step as PRISM's tokens, in voxel indices in the order (R, A, S); the network itself adds the half
/// voxel. Order: clicks, voxels of positive scribbles in memory order, those of negative ones, then the box's corners
/// (the high one as the voxel after the last) or the padding.
/// </summary>
internal static class PrismTokens
{
    /// <param name="prompts">Of the step.</param>
    /// <param name="size">Voxels of the patch along each axis.</param>
    /// <param name="mostScribbled">
    /// Most scribbled voxels that become clicks. The published protocol takes the first 10,000 in memory order, which
    /// leaves out one side of a large object; here they are spread over the scribble (<see cref="SpreadSample"/>).
    /// </param>
    public static ClickTokens Of(VolumePrompts prompts, int size, int mostScribbled)
    {
        var tokens = new ClickTokens(axes: 3);
        foreach (var point in prompts.Points)
        {
            tokens.AddClick(point.Positive, (float)point.R, (float)point.A, (float)point.S);
        }

        var (positive, negative) = (Offsets(prompts.Positive, size), Offsets(prompts.Negative, size));
        var (mostPositive, mostNegative) = SpreadSample.Share(positive.Length, negative.Length, mostScribbled);
        AddVoxels(positive, mostPositive, true);
        AddVoxels(negative, mostNegative, false);
        if (prompts.Box is { } box)
        {
            tokens.AddBox([box.Lower.R, box.Lower.A, box.Lower.S], [box.Upper.R, box.Upper.A, box.Upper.S]);
        }
        else
        {
            tokens.AddPadding();
        }

        return tokens;

        void AddVoxels(int[] offsets, int most, bool isPositive)
        {
            foreach (var n in SpreadSample.Of(offsets.Length, most))
            {
                var voxel = PatchVoxel.At(offsets[n], size);
                tokens.AddClick(isPositive, voxel.R, voxel.A, voxel.S);
            }
        }
    }

    private static int[] Offsets(List<PatchVoxel> voxels, int size)
    {
        var offsets = voxels.Select(voxel => voxel.OffsetIn(size)).Distinct().ToArray();
        Array.Sort(offsets);
        return offsets;
    }
}
