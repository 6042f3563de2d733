using SegBridge.Imaging.Geometry;
using SegBridge.Server.Doors.Loop;
using SegBridge.Sessions.Errors;

namespace SegBridge.Server.Doors.NnInteractive.V2;

/// <summary>Positions and sizes as the second protocol writes them, axes (k, j, i).</summary>
internal static class V2Numbers
{
    /// <exception cref="InvalidRequestException">Not three numbers.</exception>
    public static VoxelPoint PointOf(double[] coordinates) => coordinates is [var k, var j, var i] && double.IsFinite(k) && double.IsFinite(j) && double.IsFinite(i)
        ? new VoxelPoint(i, j, k)
        : throw new InvalidRequestException("coordinates: must be three numbers, k, j and i");

    /// <exception cref="InvalidRequestException">Not three pairs of numbers, or a pair with nothing between them.</exception>
    public static VoxelBox BoxOf(double[][] pairs)
    {
        if (pairs.Length != 3 || !pairs.All(pair => pair is [var from, var to] && Math.Abs(from) < int.MaxValue && Math.Abs(to) < int.MaxValue))
        {
            throw new InvalidRequestException("a box must be three pairs of numbers, [[k0, k1], [j0, j1], [i0, i1]]");
        }

        if (pairs.Any(pair => pair[0] == pair[1]))
        {
            throw new InvalidRequestException("a box must hold a voxel: the numbers of a pair, from and to, must differ");
        }

        // Where less than a voxel lies between them it is one.
        static (int From, int To) Ordered(double[] pair)
        {
            var from = (int)Math.Round(Math.Min(pair[0], pair[1]));
            return (from, Math.Max(from + 1, (int)Math.Round(Math.Max(pair[0], pair[1]))));
        }

        return VoxelArrays.Box(Ordered(pairs[0]), Ordered(pairs[1]), Ordered(pairs[2]));
    }

    /// <summary>Millimetres (k, j, i); 1 each when the client says nothing.</summary>
    /// <exception cref="InvalidRequestException">Not three numbers.</exception>
    public static Spacing SpacingOf(double[]? spacing) => spacing switch
    {
        null => new Spacing(1, 1, 1),
        [var k, var j, var i] => new Spacing(i, j, k),
        _ => throw new InvalidRequestException("spacing: must be three numbers of millimetres, of k, j and i"),
    };
}
