using SegBridge.Imaging.Morphology;

namespace SegBridge.Cli.Simulation;

/// <summary>A click in a pixel of a slice: on the object, or on what is not the object.</summary>
internal readonly record struct Click(int Row, int Column, bool Positive);

/// <summary>A click where the largest connected piece of what is wrong is deepest.</summary>
internal static class CentreClick
{
    /// <summary>
    /// Missed and wrongly included pixels are separate pieces; of equals the missed one wins. Null when nothing is wrong.
    /// </summary>
    public static Click? On(SliceMap missed, SliceMap excess)
    {
        var (missing, surplus) = (Largest(missed), Largest(excess));
        if (missing.IsEmpty && surplus.IsEmpty)
        {
            return null;
        }

        var positive = missing.Count >= surplus.Count;
        var piece = positive ? missing : surplus;
        return DistanceTransform.Deepest(piece.Pixels, piece.Rows, piece.Columns) is var (row, column)
            ? new Click(row, column, positive)
            : null;
    }

    private static SliceMap Largest(SliceMap map) =>
        new(map.Rows, map.Columns, ConnectedComponents.Largest(map.Pixels, map.Rows, map.Columns));
}
