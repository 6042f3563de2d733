namespace SegBridge.Cli.Simulation;

/// <summary>How well two masks agree.</summary>
internal static class Overlap
{
    /// <summary>Dice = 2 · |A ∩ B| / (|A| + |B|); 1 when both are empty.</summary>
    public static double Dice(SliceMap a, SliceMap b)
    {
        var sum = a.Count + b.Count;
        return sum == 0 ? 1 : 2.0 * a.And(b).Count / sum;
    }
}
