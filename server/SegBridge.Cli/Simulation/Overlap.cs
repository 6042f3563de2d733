using System.Numerics;
using SegBridge.Imaging.Masks;

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

    /// <summary>The same of what is set in a box with a mask of the whole volume.</summary>
    public static double Dice(BitBlock a, VolumeMask b)
    {
        var sum = a.Count + b.Count;
        return sum == 0 ? 1 : 2.0 * Common(a.Bits, b.Read(a.Box).Bits) / sum;
    }

    /// <summary>The same of two masks of one volume.</summary>
    public static double Dice(VolumeMask a, VolumeMask b) => Dice(a.Read(a.BoundingBox), b);

    // Blocks of one box have their bits at the same places.
    private static long Common(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var count = 0L;
        for (var n = 0; n < a.Length; n++)
        {
            count += BitOperations.PopCount((uint)(a[n] & b[n]));
        }

        return count;
    }
}
