namespace SegBridge.Imaging.Morphology;

/// <summary>Finds the 8-connected components of a 2D map: pixels that touch by a side or a corner belong together.</summary>
public static class ConnectedComponents
{
    /// <summary>Writes each pixel's label: 0 for background, else 1.. in the order of the components' first pixels.</summary>
    /// <param name="map">Row-major, 0 is background.</param>
    /// <param name="rows">Rows of the map.</param>
    /// <param name="columns">Columns of the map.</param>
    /// <param name="labels">As long as the map.</param>
    /// <returns>The components in the order of their labels.</returns>
    /// <exception cref="MorphologyException">A length is not rows · columns.</exception>
    public static IReadOnlyList<Component> Label(ReadOnlySpan<byte> map, int rows, int columns, Span<int> labels)
    {
        PixelMap.Require(map.Length, rows, columns);
        PixelMap.Require(labels.Length, rows, columns, "labels");
        var parents = new List<int> { 0 };
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                var at = (row * columns) + column;
                labels[at] = map[at] == 0 ? 0 : Provisional(labels, row, column, columns, parents);
            }
        }

        return Number(labels, columns, parents);
    }

    /// <summary>A map of 0 and 1 that keeps only the largest component (the first of equals); all 0 when there is none.</summary>
    /// <exception cref="MorphologyException">The length is not rows · columns.</exception>
    public static byte[] Largest(ReadOnlySpan<byte> map, int rows, int columns)
    {
        var labels = new int[map.Length];
        var components = Label(map, rows, columns, labels);
        var largest = components.Count == 0 ? -1 : components.MaxBy(component => component.Area).Label;
        return Array.ConvertAll(labels, label => label == largest ? (byte)1 : (byte)0);
    }

    // Of the eight neighbours, the four that were visited before this pixel.
    private static int Provisional(ReadOnlySpan<int> labels, int row, int column, int columns, List<int> parents)
    {
        var at = (row * columns) + column;
        var best = column > 0 ? labels[at - 1] : 0;
        if (row > 0)
        {
            var above = at - columns;
            best = Merge(best, labels[above], parents);
            best = column > 0 ? Merge(best, labels[above - 1], parents) : best;
            best = column + 1 < columns ? Merge(best, labels[above + 1], parents) : best;
        }

        if (best == 0)
        {
            best = parents.Count;
            parents.Add(best);
        }

        return best;
    }

    private static int Merge(int a, int b, List<int> parents)
    {
        if (a == 0 || b == 0)
        {
            return Math.Max(a, b);
        }

        (a, b) = (Root(a, parents), Root(b, parents));
        var (low, high) = (Math.Min(a, b), Math.Max(a, b));
        parents[high] = low;
        return low;
    }

    private static int Root(int label, List<int> parents)
    {
        while (parents[label] != label)
        {
            parents[label] = parents[parents[label]];
            label = parents[label];
        }

        return label;
    }

    private static List<Component> Number(Span<int> labels, int columns, List<int> parents)
    {
        var final = new int[parents.Count];
        var components = new List<Component>();
        for (var at = 0; at < labels.Length; at++)
        {
            if (labels[at] == 0)
            {
                continue;
            }

            var root = Root(labels[at], parents);
            var (row, column) = Math.DivRem(at, columns);
            if (final[root] == 0)
            {
                final[root] = components.Count + 1;
                components.Add(new Component(final[root], 0, row, column, row + 1, column + 1));
            }

            labels[at] = final[root];
            var known = components[final[root] - 1];
            components[final[root] - 1] = known with
            {
                Area = known.Area + 1,
                FirstColumn = Math.Min(known.FirstColumn, column),
                EndRow = row + 1,
                EndColumn = Math.Max(known.EndColumn, column + 1),
            };
        }

        return components;
    }
}
