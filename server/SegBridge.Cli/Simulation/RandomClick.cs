namespace SegBridge.Cli.Simulation;

/// <summary>Clicks in pixels drawn by chance, each as likely as any other, with replacement.</summary>
internal static class RandomClick
{
    /// <summary>So many clicks in a region; none when it is empty.</summary>
    public static IEnumerable<Click> In(SliceMap region, int count, bool positive, Random random)
    {
        var pixels = Enumerable.Range(0, region.Pixels.Length).Where(at => region.Pixels[at] != 0).ToArray();
        for (var n = 0; n < count && pixels.Length > 0; n++)
        {
            var (row, column) = Math.DivRem(pixels[random.Next(pixels.Length)], region.Columns);
            yield return new Click(row, column, positive);
        }
    }
}
