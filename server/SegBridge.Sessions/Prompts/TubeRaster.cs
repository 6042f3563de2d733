using SegBridge.Imaging.Geometry;

namespace SegBridge.Sessions.Prompts;

/// <summary>
/// Draws a brush stroke that runs through several slices: the voxels whose centre is at most the radius away from
/// the path in millimetres along the volume's axes, and those that the path itself passes through. The work is that of
/// the volume's rows that the brush meets, whatever its radius has in voxels.
/// </summary>
internal sealed class TubeRaster
{
    private readonly VolumeGeometry _geometry;
    private readonly double _radius;
    private readonly Dictionary<(int J, int K), List<(int From, int To)>> _rows = [];

    private TubeRaster(VolumeGeometry geometry, double radiusMm)
    {
        (_geometry, _radius) = (geometry, radiusMm);
    }

    /// <summary>The voxels, each once, row by row; counted by who takes them, since a wide brush may cover a whole volume.</summary>
    public static IEnumerable<Ijk> VoxelsOf(IReadOnlyList<VoxelPoint> path, double radiusMm, VolumeGeometry geometry)
    {
        var raster = new TubeRaster(geometry, radiusMm);
        for (var n = 0; n < path.Count; n++)
        {
            var (from, to) = (path[Math.Max(0, n - 1)], path[n]);
            // Steps of half a voxel miss none that the line passes through the middle of.
            var longest = Math.Max(Math.Abs(to.I - from.I), Math.Max(Math.Abs(to.J - from.J), Math.Abs(to.K - from.K)));
            var steps = Math.Max(1, (int)Math.Ceiling(longest * 2));
            for (var step = n == 0 ? 0 : 1; step <= steps; step++)
            {
                raster.AddBall(Between(from, to, (double)step / steps));
            }
        }

        return raster.Voxels();
    }

    private void AddBall(VoxelPoint centre)
    {
        var middle = centre.Nearest();
        if (_geometry.Bounds.Contains(middle))
        {
            AddRun(middle.J, middle.K, middle.I, middle.I);
        }

        var (size, spacing) = (_geometry.Size, _geometry.Spacing);
        var (firstK, lastK) = Reach(centre.K, _radius / spacing.K, size.K);
        for (var k = firstK; k <= lastK; k++)
        {
            var z = (k - centre.K) * spacing.K;
            var disc = (_radius * _radius) - (z * z);
            var (firstJ, lastJ) = Reach(centre.J, Math.Sqrt(disc) / spacing.J, size.J);
            for (var j = firstJ; j <= lastJ; j++)
            {
                var y = (j - centre.J) * spacing.J;
                var (from, to) = Reach(centre.I, Math.Sqrt(disc - (y * y)) / spacing.I, size.I);
                if (from <= to)
                {
                    AddRun(j, k, from, to);
                }
            }
        }
    }

    // The indices within a distance, in voxels; none where rounding has made it the root of a negative number.
    private static (int First, int Last) Reach(double centre, double distance, int size) => double.IsNaN(distance)
        ? (0, -1)
        : ((int)Math.Max(0, Math.Ceiling(centre - distance)), (int)Math.Min(size - 1, Math.Floor(centre + distance)));

    // Balls that follow each other mostly meet a row in one run that grows.
    private void AddRun(int j, int k, int from, int to)
    {
        if (!_rows.TryGetValue((j, k), out var runs))
        {
            _rows.Add((j, k), runs = []);
        }

        if (runs.Count > 0 && runs[^1] is var last && from <= last.To + 1 && to >= last.From - 1)
        {
            runs[^1] = (Math.Min(from, last.From), Math.Max(to, last.To));
        }
        else
        {
            runs.Add((from, to));
        }
    }

    private IEnumerable<Ijk> Voxels()
    {
        foreach (var ((j, k), runs) in _rows)
        {
            var next = 0;
            foreach (var (from, to) in runs.Order())
            {
                for (next = Math.Max(from, next); next <= to; next++)
                {
                    yield return new Ijk(next, j, k);
                }
            }
        }
    }

    private static VoxelPoint Between(VoxelPoint a, VoxelPoint b, double t) =>
        new(a.I + ((b.I - a.I) * t), a.J + ((b.J - a.J) * t), a.K + ((b.K - a.K) * t));
}
