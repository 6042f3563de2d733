using SegBridge.Imaging.Morphology;

namespace SegBridge.Cli.Simulation;

/// <summary>A click in a pixel of a slice: on the object, or on what is not the object.</summary>
internal readonly record struct Click(int Row, int Column, bool Positive);

/// <summary>A click where the largest connected piece of what is wrong is deepest.</summary>
internal static class CentreClick
{
    /// <summary>
    /// Missed and wrongly included pixels are separate pieces; of equals the missed one wins. Of pixels equally deep each
    /// is as likely as the others. Null when nothing is wrong.
    /// </summary>
    public static Click? On(SliceMap missed, SliceMap excess, Random random)
    {
        var (missing, surplus) = (Largest(missed), Largest(excess));
        if (missing.IsEmpty && surplus.IsEmpty)
        {
            return null;
        }

        var positive = missing.Count >= surplus.Count;
        var deepest = Deepest(positive ? missing : surplus);
        var (row, column) = deepest[random.Next(deepest.Count)];
        return new Click(row, column, positive);
    }

    /// <summary>The pixels of a piece that are farthest from what is not of it; the slice's border is not outside.</summary>
    public static IReadOnlyList<(int Row, int Column)> Deepest(SliceMap piece)
    {
        var distances = new float[piece.Pixels.Length];
        DistanceTransform.Of(piece.Pixels, piece.Rows, piece.Columns, distances);
        var highest = distances.Max();
        return float.IsPositiveInfinity(highest)
            ? [(piece.Rows / 2, piece.Columns / 2)]
            : [.. Enumerable.Range(0, distances.Length).Where(at => distances[at] == highest).Select(at => Math.DivRem(at, piece.Columns))];
    }

    private static SliceMap Largest(SliceMap map) =>
        new(map.Rows, map.Columns, ConnectedComponents.Largest(map.Pixels, map.Rows, map.Columns));
}
