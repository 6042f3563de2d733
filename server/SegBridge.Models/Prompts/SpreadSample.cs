namespace SegBridge.Models.Prompts;

/// <summary>
/// Picks some of many in a row so that they lie spread over the whole row: one at a random place of each of as many equal
/// stretches. The same for the same numbers.
/// </summary>
internal static class SpreadSample
{
    private const int Seed = 20_260_101;

    /// <returns>Ascending, all different; all of them when there are no more than <paramref name="most"/>.</returns>
    public static IEnumerable<int> Of(int count, int most)
    {
        if (count <= most)
        {
            return Enumerable.Range(0, count);
        }

        var chance = new Random(HashCode(count, most));
        return Enumerable.Range(0, most).Select(n =>
        {
            var (start, end) = ((long)n * count / most, (long)(n + 1) * count / most);
            return (int)start + chance.Next((int)(end - start));
        });
    }

    /// <summary>Shares room between two rows by their lengths, but leaves at least a quarter to each that needs it.</summary>
    public static (int First, int Second) Share(int first, int second, int room)
    {
        if ((long)first + second <= room)
        {
            return (first, second);
        }

        var least = room / 4;
        var share = (int)((long)room * first / ((long)first + second));
        var forFirst = Math.Clamp(share, Math.Min(first, least), Math.Min(first, room - Math.Min(second, least)));
        return (forFirst, Math.Min(second, room - forFirst));
    }

    private static int HashCode(int count, int most) => unchecked((count * 31) + most + Seed);
}
