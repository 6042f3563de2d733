using System.Globalization;

namespace SegBridge.Imaging.Geometry;

/// <summary>
/// Continuous voxel index. An integer is a voxel's centre: voxel i covers [i − ½, i + ½).
/// </summary>
public readonly record struct VoxelPoint(double I, double J, double K)
{
    /// <summary>
    /// The voxel that holds this point, floor(x + ½) along each axis; coordinates beyond the range of
    /// <see cref="int"/> are clamped to it.
    /// </summary>
    /// <exception cref="GeometryException">A coordinate is NaN.</exception>
    public Ijk Nearest()
    {
        if (double.IsNaN(I) || double.IsNaN(J) || double.IsNaN(K))
        {
            throw new GeometryException($"a voxel point must be made of numbers, got {this}");
        }

        return new Ijk(Round(I), Round(J), Round(K));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"(i {I}, j {J}, k {K})");

    private static int Round(double x) => (int)Math.Clamp(Math.Floor(x + 0.5), int.MinValue, int.MaxValue);
}
