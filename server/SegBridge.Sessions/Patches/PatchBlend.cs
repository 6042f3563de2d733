using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Resampling;
using SegBridge.Sessions.Segments;

namespace SegBridge.Sessions.Patches;

/// <summary>
/// Brings the logits of several overlapping patches to the volume: at each voxel their mean, weighted by how far the voxel
/// is inside each patch (linearly from its rim to the end of the overlap, along each axis), so that no seam shows.
/// </summary>
internal static class PatchBlend
{
    private const float LeastWeight = 1e-3f;

    /// <summary>The mask on the volume where changed patches reach; elsewhere voxels keep what they are.</summary>
    /// <param name="changed">Patches of this step, at least one.</param>
    /// <param name="others">Patches of earlier steps, which count where they overlap with these.</param>
    /// <param name="volume">The volume's grid.</param>
    /// <param name="current">What the volume holds in a box, for voxels beside the changed patches.</param>
    public static BitBlock OnVolume(
        IReadOnlyList<PatchPart> changed, IReadOnlyList<KeptPart> others, VolumeGeometry volume, Func<VoxelBox, BitBlock> current)
    {
        if (changed.Count == 1 && others.Count == 0)
        {
            return PatchMask.OnVolume(changed[0].Logits, changed[0].Grid, volume, current);
        }

        var box = changed.Aggregate(VoxelBox.Empty, (all, part) => all.Union(PatchImage.SourceBox(volume, part.Grid)));
        if (box.IsEmpty)
        {
            return new BitBlock(VoxelBox.Empty);
        }

        var blended = Blended(changed, others, volume, box);
        if (Array.Exists(blended, float.IsNaN))
        {
            PatchMask.KeepBeside(blended, current(box));
        }

        return BitBlock.Above(box, blended, 0);
    }

    /// <summary>The logits of patches at the voxels of a box, C-order (k, j, i); NaN where no patch reaches.</summary>
    public static float[] Logits(IReadOnlyList<PatchPart> parts, VolumeGeometry volume, VoxelBox box) => Blended(parts, [], volume, box);

    private static float[] Blended(IReadOnlyList<PatchPart> changed, IReadOnlyList<KeptPart> others, VolumeGeometry volume, VoxelBox box)
    {
        var (sums, weights) = (new float[box.VoxelCount], new float[box.VoxelCount]);
        foreach (var part in changed)
        {
            Add(part, volume, box, sums, weights, everywhere: true);
        }

        foreach (var part in others.Where(part => !PatchImage.SourceBox(volume, part.Grid).Intersect(box).IsEmpty))
        {
            Add(part.Read(), volume, box, sums, weights, everywhere: false);
        }

        for (var n = 0; n < sums.Length; n++)
        {
            sums[n] = weights[n] > 0 ? sums[n] / weights[n] : float.NaN;
        }

        return sums;
    }

    private static void Add(PatchPart part, VolumeGeometry volume, VoxelBox box, float[] sums, float[] weights, bool everywhere)
    {
        var reached = PatchImage.SourceBox(volume, part.Grid).Intersect(box);
        if (reached.IsEmpty)
        {
            return;
        }

        var values = new float[reached.VoxelCount];
        new GridResampler(part.Grid, volume.Crop(reached)).Resample(part.Logits.Span, values, Interpolation.Linear, float.NaN);
        var from = 0;
        for (var k = reached.Lower.K; k < reached.Upper.K; k++)
        {
            for (var j = reached.Lower.J; j < reached.Upper.J; j++)
            {
                var to = ((((k - box.Lower.K) * box.Size.J) + j - box.Lower.J) * box.Size.I) + reached.Lower.I - box.Lower.I;
                for (var i = reached.Lower.I; i < reached.Upper.I; i++, from++, to++)
                {
                    if (float.IsNaN(values[from]) || (!everywhere && weights[to] == 0))
                    {
                        continue;
                    }

                    var weight = WeightAt(part.Grid.ToVoxel(volume.ToLps(new Ijk(i, j, k))), part.Grid.Size.I);
                    sums[to] += weight * values[from];
                    weights[to] += weight;
                }
            }
        }
    }

    private static float WeightAt(VoxelPoint at, int size) => Along(at.I, size) * Along(at.J, size) * Along(at.K, size);

    private static float Along(double at, int size) =>
        (float)Math.Clamp(Math.Min(at + 0.5, size - 0.5 - at) / (PatchCover.Overlap * size), LeastWeight, 1);
}
