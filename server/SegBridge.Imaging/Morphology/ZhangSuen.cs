namespace SegBridge.Imaging.Morphology;

/// <summary>
/// Thins a 2D map to lines one pixel wide (Zhang and Suen 1984): the border is peeled in two alternating
/// sub-iterations until nothing changes. Connectedness and line ends stay; what lies beyond the map is background.
/// </summary>
public static class ZhangSuen
{
    // Whether a pixel with these neighbours goes, bit n being neighbour n clockwise from north.
    private static readonly bool[] GoesFirst = BuildRule(first: true);
    private static readonly bool[] GoesSecond = BuildRule(first: false);

    /// <summary>Thins in place; what remains keeps its value.</summary>
    /// <exception cref="MorphologyException">The length is not rows · columns.</exception>
    public static void Thin(Span<byte> map, int rows, int columns)
    {
        PixelMap.Require(map.Length, rows, columns);
        var foreground = new List<int>();
        for (var at = 0; at < map.Length; at++)
        {
            if (map[at] != 0)
            {
                foreground.Add(at);
            }
        }

        var going = new List<int>();
        bool changed;
        do
        {
            changed = Peel(map, rows, columns, foreground, GoesFirst, going);
            changed |= Peel(map, rows, columns, foreground, GoesSecond, going);
        }
        while (changed);
    }

    private static bool Peel(Span<byte> map, int rows, int columns, List<int> foreground, bool[] rule, List<int> going)
    {
        going.Clear();
        var kept = 0;
        for (var n = 0; n < foreground.Count; n++)
        {
            var at = foreground[n];
            if (rule[Neighbours(map, rows, columns, at)])
            {
                going.Add(at);
            }
            else
            {
                foreground[kept++] = at;
            }
        }

        foreground.RemoveRange(kept, foreground.Count - kept);
        foreach (var at in going)
        {
            map[at] = 0;
        }

        return going.Count > 0;
    }

    private static int Neighbours(ReadOnlySpan<byte> map, int rows, int columns, int at)
    {
        var (row, column) = Math.DivRem(at, columns);
        var (north, south, west, east) = (row > 0, row + 1 < rows, column > 0, column + 1 < columns);
        return (north && map[at - columns] != 0 ? 1 : 0)
            | (north && east && map[at - columns + 1] != 0 ? 2 : 0)
            | (east && map[at + 1] != 0 ? 4 : 0)
            | (south && east && map[at + columns + 1] != 0 ? 8 : 0)
            | (south && map[at + columns] != 0 ? 16 : 0)
            | (south && west && map[at + columns - 1] != 0 ? 32 : 0)
            | (west && map[at - 1] != 0 ? 64 : 0)
            | (north && west && map[at - columns - 1] != 0 ? 128 : 0);
    }

    private static bool[] BuildRule(bool first)
    {
        var rule = new bool[256];
        for (var around = 0; around < 256; around++)
        {
            bool Is(int n) => (around >> (n & 7) & 1) != 0;
            var neighbours = Enumerable.Range(0, 8).Count(Is);
            var steps = Enumerable.Range(0, 8).Count(n => !Is(n) && Is(n + 1));
            var (n0, e, s, w) = (Is(0), Is(2), Is(4), Is(6));
            var open = first ? !(n0 && e && s) && !(e && s && w) : !(n0 && e && w) && !(n0 && s && w);
            rule[around] = neighbours is >= 2 and <= 6 && steps == 1 && open;
        }

        return rule;
    }
}
