using SegBridge.Imaging.Geometry;
using SegBridge.Models.Volumes;
using SegBridge.Models.Volumes.Patches;
using SegBridge.Sessions.Prompts;

namespace SegBridge.Sessions.Patches;

/// <summary>Brings prompts from the volume to a patch; what lies beside the patch is left out.</summary>
internal sealed class PatchPrompts(VolumeGeometry volume, VolumeGeometry patch)
{
    private readonly int _size = patch.Size.I;

    // The voxels that may lie in the patch: a wide brush has a hundred times as many, which need not be placed in it.
    private readonly VoxelBox _near = NearOf(volume, patch);

    public VolumePrompts Of(VolumePromptVoxels drawn)
    {
        var prompts = new VolumePrompts { Box = BoxOf(drawn.Box) };
        foreach (var (at, polarity) in drawn.Points)
        {
            var (r, a, s) = PatchGrid.TensorIndexOf(patch.ToVoxel(volume.ToLps(at)));
            if (IsWithin(r) && IsWithin(a) && IsWithin(s))
            {
                prompts.Points.Add(new PatchPoint(r, a, s, polarity == Polarity.Positive));
            }
        }

        prompts.Positive.AddRange(VoxelsOf(drawn, Polarity.Positive));
        prompts.Negative.AddRange(VoxelsOf(drawn, Polarity.Negative));
        return prompts;
    }

    private IEnumerable<PatchVoxel> VoxelsOf(VolumePromptVoxels drawn, Polarity polarity) => drawn.Strokes
        .Where(stroke => stroke.Polarity == polarity && _near.Contains(stroke.Voxel))
        .Select(stroke => patch.ToVoxel(volume.ToLps(stroke.Voxel)).Nearest())
        .Where(patch.Bounds.Contains)
        .Select(voxel => new PatchVoxel(voxel.K, voxel.J, voxel.I))
        .Distinct();

    /// <summary>The patch voxels whose centres the box holds, at least one along each axis; null when it is beside the patch.</summary>
    public PatchBox? BoxOf(VoxelBox box)
    {
        if (box.IsEmpty)
        {
            return null;
        }

        // The outer faces of the box: half a voxel beyond its outermost centres.
        var one = patch.ToVoxel(volume.ToLps(new VoxelPoint(box.Lower.I - 0.5, box.Lower.J - 0.5, box.Lower.K - 0.5)));
        var other = patch.ToVoxel(volume.ToLps(new VoxelPoint(box.Upper.I - 0.5, box.Upper.J - 0.5, box.Upper.K - 0.5)));
        var (r0, r1) = Range(one.K, other.K);
        var (a0, a1) = Range(one.J, other.J);
        var (s0, s1) = Range(one.I, other.I);
        return r0 < r1 && a0 < a1 && s0 < s1 ? new PatchBox(new PatchVoxel(r0, a0, s0), new PatchVoxel(r1, a1, s1)) : null;
    }

    // A rim of one cell holds what is rounded to the outermost ones.
    private static VoxelBox NearOf(VolumeGeometry volume, VolumeGeometry patch)
    {
        var size = patch.Size.I + 2;
        return PatchImage.SourceBox(
            volume, new VolumeGeometry(new VolumeSize(size, size, size), patch.Spacing, patch.Direction, patch.ToLps(new VoxelPoint(-1, -1, -1))));
    }

    private (int From, int To) Range(double a, double b)
    {
        var (low, high) = (Math.Min(a, b), Math.Max(a, b));
        if (high < -0.5 || low > _size - 0.5)
        {
            return (0, 0);
        }

        var from = Math.Clamp((int)Math.Ceiling(low), 0, _size - 1);
        return (from, Math.Clamp((int)Math.Floor(high) + 1, from + 1, _size));
    }

    private bool IsWithin(double at) => at >= -0.5 && at <= _size - 0.5;
}
