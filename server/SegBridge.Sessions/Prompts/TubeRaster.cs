using SegBridge.Imaging.Geometry;

namespace SegBridge.Sessions.Prompts;

/// <summary>
/// Draws a brush stroke that runs through several slices: the voxels whose centre is at most the radius away from
/// the path in millimetres along the volume's axes, and those that the path itself passes through.
/// </summary>
internal static class TubeRaster
{
    public static IReadOnlyCollection<Ijk> VoxelsOf(IReadOnlyList<VoxelPoint> path, double radiusMm, VolumeGeometry geometry)
    {
        var voxels = new HashSet<Ijk>();
        for (var n = 0; n < path.Count; n++)
        {
            var (from, to) = (path[Math.Max(0, n - 1)], path[n]);
            // Steps of half a voxel miss none that the line passes through the middle of.
            var longest = Math.Max(Math.Abs(to.I - from.I), Math.Max(Math.Abs(to.J - from.J), Math.Abs(to.K - from.K)));
            var steps = Math.Max(1, (int)Math.Ceiling(longest * 2));
            for (var step = n == 0 ? 0 : 1; step <= steps; step++)
            {
                var t = (double)step / steps;
                AddBall(voxels, Between(from, to, t), radiusMm, geometry);
            }
        }

        return voxels;
    }

    private static void AddBall(HashSet<Ijk> voxels, VoxelPoint centre, double radius, VolumeGeometry geometry)
    {
        var middle = centre.Nearest();
        Add(voxels, middle, geometry);
        var spacing = geometry.Spacing;
        var (reachI, reachJ, reachK) = (Reach(radius, spacing.I), Reach(radius, spacing.J), Reach(radius, spacing.K));
        for (var k = middle.K - reachK; k <= middle.K + reachK; k++)
        {
            for (var j = middle.J - reachJ; j <= middle.J + reachJ; j++)
            {
                for (var i = middle.I - reachI; i <= middle.I + reachI; i++)
                {
                    var (x, y, z) = ((i - centre.I) * spacing.I, (j - centre.J) * spacing.J, (k - centre.K) * spacing.K);
                    if ((x * x) + (y * y) + (z * z) <= radius * radius)
                    {
                        Add(voxels, new Ijk(i, j, k), geometry);
                    }
                }
            }
        }
    }

    private static void Add(HashSet<Ijk> voxels, Ijk voxel, VolumeGeometry geometry)
    {
        if (geometry.Bounds.Contains(voxel))
        {
            voxels.Add(voxel);
        }
    }

    private static int Reach(double radius, double spacing) => (int)Math.Ceiling(radius / spacing);

    private static VoxelPoint Between(VoxelPoint a, VoxelPoint b, double t) =>
        new(a.I + ((b.I - a.I) * t), a.J + ((b.J - a.J) * t), a.K + ((b.K - a.K) * t));
}
