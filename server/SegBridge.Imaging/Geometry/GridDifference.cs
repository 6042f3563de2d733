using System.Globalization;

namespace SegBridge.Imaging.Geometry;

/// <summary>Says for people why <see cref="GridAlignment.Find"/> finds nothing: in what the voxels of two grids differ.</summary>
public static class GridDifference
{
    /// <param name="grid">The one that is wrong.</param>
    /// <param name="name">What it is of, in the plural: "the segments".</param>
    /// <param name="expected">The one that it should lie on.</param>
    /// <param name="expectedName">What that is of, in the plural: "the images".</param>
    /// <returns>A clause without a full stop.</returns>
    public static string Between(VolumeGeometry grid, string name, VolumeGeometry expected, string expectedName)
    {
        var axes = Enum.GetValues<Axis>();
        // The axis of the grid that runs most nearly along each of the expected one's.
        var nearest = Array.ConvertAll(axes, axis => axes.MaxBy(own => Math.Abs(Cosine(own, axis))));
        var angle = axes.Max(axis => Math.Acos(Math.Min(1, Math.Abs(Cosine(nearest[(int)axis], axis)))));
        // Over the whole extent, in voxels.
        var turned = Math.Sin(angle) * axes.Max(axis => grid.Size[axis] * grid.Spacing[axis]) / axes.Min(axis => expected.Spacing[axis]);
        if (nearest.Distinct().Count() < axes.Length || turned > GridAlignment.Tolerance)
        {
            return string.Create(CultureInfo.InvariantCulture, $"the axes of {name} are turned by {angle * 180 / Math.PI:0.##}° against those of {expectedName}");
        }

        var stretched = axes.Max(axis => Math.Abs((grid.Spacing[nearest[(int)axis]] / expected.Spacing[axis]) - 1) * expected.Size[axis]);
        if (stretched > GridAlignment.Tolerance)
        {
            return $"the voxels of {name} are {Sizes(axis => grid.Spacing[nearest[(int)axis]])} mm, along the same axes those of {expectedName} {Sizes(axis => expected.Spacing[axis])} mm";
        }

        var origin = expected.ToVoxel(grid.Origin);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"the voxels of {name} lie {Part(origin.I):0.##}, {Part(origin.J):0.##} and {Part(origin.K):0.##} of a voxel beside those of {expectedName}");

        double Cosine(Axis own, Axis axis) => grid.Direction[own].Dot(expected.Direction[axis]);

        string Sizes(Func<Axis, double> sizes) =>
            string.Join(" × ", axes.Select(axis => sizes(axis).ToString("0.####", CultureInfo.InvariantCulture)));
    }

    // Zero without a sign.
    private static double Part(double index) => Math.Round(index - Math.Round(index), 2) + 0.0;
}
