using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Cli.Metrics;

/// <summary>
/// Distances between the surfaces of two masks in millimetres, from the centres of the voxels of one surface to the nearest
/// of the other. A voxel of a mask is on its surface when one of its neighbours along the axes is not in the mask; axes
/// along which the box is one voxel thick have no neighbours.
/// </summary>
internal sealed class SurfaceDistances
{
    private readonly double[] _there;
    private readonly double[] _back;

    private SurfaceDistances(double[] there, double[] back) => (_there, _back) = (there, back);

    /// <summary>Hausdorff distance without the largest 5 %: the larger of both directions' 95th percentiles.</summary>
    public double Hd95 => Math.Max(Percentile95(_there), Percentile95(_back));

    /// <summary>Normalised surface Dice: the share of both surfaces within a tolerance of the other.</summary>
    public double ShareWithin(double toleranceMm) =>
        (_there.Count(d => d <= toleranceMm) + _back.Count(d => d <= toleranceMm)) / (double)(_there.Length + _back.Length);

    /// <summary>Null when a mask is empty: then there is no distance.</summary>
    /// <param name="a">A mask.</param>
    /// <param name="b">Another in the same box.</param>
    /// <param name="spacing">Millimetres between voxels.</param>
    public static SurfaceDistances? Between(BitBlock a, BitBlock b, Spacing spacing)
    {
        if (a.Count == 0 || b.Count == 0)
        {
            return null;
        }

        var size = a.Box.Size;
        var (onA, onB) = (Surface(a), Surface(b));
        return new SurfaceDistances(
            Sorted(onA, DistanceMap.SquaredTo(onB, size, spacing)), Sorted(onB, DistanceMap.SquaredTo(onA, size, spacing)));
    }

    private static bool[] Surface(BitBlock block)
    {
        var (box, size) = (block.Box, block.Box.Size);
        var surface = new bool[size.VoxelCount];
        bool Outside(Ijk voxel) => !box.Contains(voxel) || !block[voxel];
        foreach (var voxel in block.Voxels)
        {
            var (i, j, k) = (voxel.I, voxel.J, voxel.K);
            surface[((((k - box.Lower.K) * size.J) + j - box.Lower.J) * size.I) + i - box.Lower.I] =
                (size.I > 1 && (Outside(voxel with { I = i - 1 }) || Outside(voxel with { I = i + 1 })))
                || (size.J > 1 && (Outside(voxel with { J = j - 1 }) || Outside(voxel with { J = j + 1 })))
                || (size.K > 1 && (Outside(voxel with { K = k - 1 }) || Outside(voxel with { K = k + 1 })))
                || size.VoxelCount == 1;
        }

        return surface;
    }

    private static double[] Sorted(bool[] surface, double[] squared)
    {
        var distances = squared.Where((_, at) => surface[at]).Select(Math.Sqrt).ToArray();
        Array.Sort(distances);
        return distances;
    }

    private static double Percentile95(double[] sorted)
    {
        var at = 0.95 * (sorted.Length - 1);
        var (low, high) = ((int)Math.Floor(at), (int)Math.Ceiling(at));
        return sorted[low] + ((at - low) * (sorted[high] - sorted[low]));
    }
}
