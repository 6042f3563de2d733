using SegBridge.Imaging.Geometry;

namespace SegBridge.Sessions.Patches;

/// <summary>
/// The grid of a patch that a 3D model works on: cubic, isotropic, along the volume's own axes in canonical order,
/// that is turned by permuting and flipping alone until they point to the right, to anterior and to superior as
/// nearly as they can. A model's tensor runs over (R, A, S) with S fastest, which is the C-order (k, j, i) of a grid
/// whose K axis points right, J anterior and I superior. A volume whose axes are not at right angles (gantry tilt)
/// gets a patch along the patient axes themselves.
/// </summary>
internal static class PatchGrid
{
    private static readonly LpsVector[] Ras = [new(-1, 0, 0), new(0, -1, 0), new(0, 0, 1)];

    private static readonly int[][] Orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

    /// <summary>A patch of <paramref name="size"/> voxels along each axis whose middle is <paramref name="centre"/>.</summary>
    public static VolumeGeometry Around(LpsPoint centre, VolumeGeometry volume, int size, double spacingMm)
    {
        var axes = AxesOf(volume.Direction);
        var half = (size - 1) / 2.0 * spacingMm;
        var origin = centre + ((axes.IAxis + axes.JAxis + axes.KAxis) * -half);
        return new VolumeGeometry(new VolumeSize(size, size, size), new Spacing(spacingMm, spacingMm, spacingMm), axes, origin);
    }

    /// <summary>A continuous patch index as the tensor index (R, A, S).</summary>
    public static (double R, double A, double S) TensorIndexOf(VoxelPoint patch) => (patch.K, patch.J, patch.I);

    private static Direction AxesOf(Direction volume)
    {
        if (!volume.IsOrthogonal(1e-3))
        {
            return new Direction(Ras[2], Ras[1], Ras[0]);
        }

        LpsVector[] own = [volume.IAxis, volume.JAxis, volume.KAxis];
        var best = Orders.MaxBy(order => Enumerable.Range(0, 3).Sum(n => Math.Abs(own[order[n]].Dot(Ras[n]))))!;
        LpsVector Toward(int n) => own[best[n]].Dot(Ras[n]) < 0 ? own[best[n]] * -1 : own[best[n]];
        return new Direction(Toward(2), Toward(1), Toward(0));
    }
}
