using SegBridge.Imaging.Geometry;
using SegBridge.Models.Bundles;
using SegBridge.Models.Volumes.Patches;

namespace SegBridge.Sessions.Patches;

/// <summary>
/// Decides where a 3D model's patch lies. It stays where it is as long as the object and the prompts are well inside and
/// the object is not small in it, since a patch that moves has to be encoded again; otherwise it is laid around them anew.
/// A volume that fits whole into a patch of fixed spacing is in its middle, wherever the object is.
/// </summary>
internal static class PatchPlacement
{
    // A mask this close to the patch's border is probably cut by it, in patch voxels.
    private const double Rim = 1.5;

    // A patch whose voxels could be this much smaller is laid closer around the object: after a first click without a box
    // nobody knows how large that is.
    private const double Closer = 0.6;

    /// <param name="current">The patch of the step before, or null.</param>
    /// <param name="input">The model's grid and spacing rule.</param>
    /// <param name="volume">The volume's grid.</param>
    /// <param name="box">The user's box, empty when there is none.</param>
    /// <param name="mask">The bounding box of the mask so far, empty when there is none.</param>
    /// <param name="inside">The bounding box of all that was ever said to belong to the object, empty when nothing was.</param>
    /// <param name="prompts">The bounding box of this step's clicks and strokes, empty when there are none.</param>
    public static VolumeGeometry Place(
        VolumeGeometry? current, InputGrid input, VolumeGeometry volume, VoxelBox box, VoxelBox mask, VoxelBox inside, VoxelBox prompts)
    {
        var known = box.Union(mask);
        var all = known.Union(inside).Union(prompts);
        var spacing = known.IsEmpty
            ? PatchSpacing.AroundPrompts(input, ExtentMm(volume.Bounds, volume))
            : PatchSpacing.Around(input, ExtentMm(all, volume));
        if (current is not null && Holds(current, volume, known, Rim) && Holds(current, volume, prompts, 0)
            && (known.IsEmpty || spacing >= Closer * current.Spacing.I))
        {
            return current;
        }

        var size = input.Size[0];
        if (input.SpacingMm is not null && PatchGrid.Around(volume.ToLps(MiddleOf(volume.Bounds)), volume, size, spacing) is var whole
            && Holds(whole, volume, volume.Bounds, 0))
        {
            return whole;
        }

        var patch = PatchGrid.Around(volume.ToLps(MiddleOf(all)), volume, size, spacing);
        // A patch that cannot hold all follows what the user pointed at last.
        if (!Holds(patch, volume, prompts, 0) && !prompts.IsEmpty)
        {
            patch = PatchGrid.Around(volume.ToLps(MiddleOf(prompts)), volume, size, spacing);
        }

        // One that is cut by its limits wherever it lies stays.
        return current is not null && current.Spacing == patch.Spacing && Holds(current, volume, prompts, 0) ? current : patch;
    }

    /// <summary>Whether the centres of a box's voxels are in a patch, at least a rim of patch voxels from its border.</summary>
    public static bool Holds(VolumeGeometry patch, VolumeGeometry volume, VoxelBox box, double rim)
    {
        if (box.IsEmpty)
        {
            return true;
        }

        var last = patch.Size.I - 1;
        foreach (var corner in Corners(box))
        {
            var at = patch.ToVoxel(volume.ToLps(corner));
            if (!IsWithin(at.I, rim, last) || !IsWithin(at.J, rim, last) || !IsWithin(at.K, rim, last))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsWithin(double at, double rim, int last) => at >= rim - 0.5 && at <= last - rim + 0.5;

    private static double ExtentMm(VoxelBox box, VolumeGeometry volume) => Math.Max(
        box.Size.I * volume.Spacing.I, Math.Max(box.Size.J * volume.Spacing.J, box.Size.K * volume.Spacing.K));

    private static VoxelPoint MiddleOf(VoxelBox box) => new(
        (box.Lower.I + box.Upper.I - 1) / 2.0, (box.Lower.J + box.Upper.J - 1) / 2.0, (box.Lower.K + box.Upper.K - 1) / 2.0);

    /// <summary>The centres of a box's outermost voxels.</summary>
    public static IEnumerable<VoxelPoint> Corners(VoxelBox box)
    {
        for (var corner = 0; corner < 8; corner++)
        {
            yield return new VoxelPoint(
                (corner & 1) == 0 ? box.Lower.I : box.Upper.I - 1,
                (corner & 2) == 0 ? box.Lower.J : box.Upper.J - 1,
                (corner & 4) == 0 ? box.Lower.K : box.Upper.K - 1);
        }
    }
}
