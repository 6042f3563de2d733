using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Tests.Dicom;

/// <summary>Grids over the same voxels whose axes run in another order and direction.</summary>
internal static class TurnedGrids
{
    /// <param name="map">From an index of the grid to that of the turned one.</param>
    public static VolumeGeometry Turn(VolumeGeometry grid, Random random, out Func<Ijk, Ijk> map)
    {
        Axis[] order = [Axis.I, Axis.J, Axis.K];
        random.Shuffle(order);
        bool[] flipped = [random.Next(2) == 0, random.Next(2) == 0, random.Next(2) == 0];
        LpsVector[] directions = [grid.Direction.IAxis, grid.Direction.JAxis, grid.Direction.KAxis];
        double[] spacings = [grid.Spacing.I, grid.Spacing.J, grid.Spacing.K];
        LpsVector DirectionOf(int n) => directions[(int)order[n]] * (flipped[n] ? -1 : 1);
        int IndexOf(int n, Ijk voxel) => flipped[n] ? grid.Size[order[n]] - 1 - voxel[order[n]] : voxel[order[n]];
        int FirstOf(Axis axis) => flipped[Array.IndexOf(order, axis)] ? grid.Size[axis] - 1 : 0;

        map = voxel => new Ijk(IndexOf(0, voxel), IndexOf(1, voxel), IndexOf(2, voxel));
        return new VolumeGeometry(
            new VolumeSize(grid.Size[order[0]], grid.Size[order[1]], grid.Size[order[2]]),
            new Spacing(spacings[(int)order[0]], spacings[(int)order[1]], spacings[(int)order[2]]),
            new Direction(DirectionOf(0), DirectionOf(1), DirectionOf(2)),
            grid.ToLps(new Ijk(FirstOf(Axis.I), FirstOf(Axis.J), FirstOf(Axis.K))));
    }
}
