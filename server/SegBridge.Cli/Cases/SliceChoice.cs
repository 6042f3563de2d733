namespace SegBridge.Cli.Cases;

/// <summary>Which slices a reader would prompt on: spread over the object, the largest among them, no slivers.</summary>
internal static class SliceChoice
{
    // Slices with less than this share of the largest are cut at the object's very ends.
    private const double LeastShare = 0.1;

    /// <summary>At most <paramref name="count"/> slices in rising order; none when the object is empty.</summary>
    /// <param name="areas">Pixels of the object on each slice.</param>
    /// <param name="count">At least 1.</param>
    public static IReadOnlyList<int> Across(IReadOnlyList<int> areas, int count)
    {
        if (areas.All(area => area == 0))
        {
            return [];
        }

        var largest = Enumerable.Range(0, areas.Count).MaxBy(n => areas[n]);
        var worth = Enumerable.Range(0, areas.Count).Where(n => areas[n] > 0 && areas[n] >= LeastShare * areas[largest]).ToArray();
        if (worth.Length <= count)
        {
            return worth;
        }

        var chosen = Enumerable.Range(0, count).Select(n => worth[(int)((n + 0.5) * worth.Length / count)]).ToArray();
        var nearest = Enumerable.Range(0, count).MinBy(n => Math.Abs(chosen[n] - largest));
        chosen[nearest] = largest;
        return [.. chosen.Distinct().Order()];
    }
}
