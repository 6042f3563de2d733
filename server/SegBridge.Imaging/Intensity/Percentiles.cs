using System.Buffers;

namespace SegBridge.Imaging.Intensity;

/// <summary>Percentiles by exact selection in two counting passes, without sorting or copying the values.</summary>
public static class Percentiles
{
    private const int Bins = 1 << 16;

    /// <summary>
    /// Two percentiles of the values that are not NaN, interpolated linearly between the neighbours in sorted order
    /// as numpy does: position = (n − 1) · percent / 100.
    /// </summary>
    /// <param name="values">At least one value that is not NaN; infinities count as values.</param>
    /// <param name="low">0..100.</param>
    /// <param name="high">0..100.</param>
    /// <exception cref="IntensityException">A percent is out of range, or there is no value.</exception>
    public static (float Low, float High) Of(ReadOnlySpan<float> values, double low, double high)
    {
        if (!(low >= 0 && low <= 100 && high >= 0 && high <= 100))
        {
            throw new IntensityException(FormattableString.Invariant($"percentiles must be in 0..100, got {low} and {high}"));
        }

        var bins = ArrayPool<int>.Shared.Rent(Bins);
        try
        {
            var coarse = bins.AsSpan(0, Bins);
            coarse.Clear();
            var count = CountUpperHalves(values, coarse);
            if (count == 0)
            {
                throw new IntensityException($"percentiles need at least one value that is a number, got {values.Length} values of which none is");
            }

            Span<int> ranks = [RankBelow(low, count), RankAbove(low, count), RankBelow(high, count), RankAbove(high, count)];
            Span<float> found = stackalloc float[ranks.Length];
            Select(values, coarse, ranks, found);
            return (Interpolate(found[0], found[1], Fraction(low, count)), Interpolate(found[2], found[3], Fraction(high, count)));
        }
        finally
        {
            ArrayPool<int>.Shared.Return(bins);
        }
    }

    // Maps floats to unsigned integers of the same order: negative numbers are inverted, others get the top bit.
    private static uint KeyOf(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return bits ^ ((uint)((int)bits >> 31) | 0x80000000);
    }

    private static float ValueOf(uint key) =>
        BitConverter.UInt32BitsToSingle((key & 0x80000000) != 0 ? key ^ 0x80000000 : ~key);

    private static int CountUpperHalves(ReadOnlySpan<float> values, Span<int> bins)
    {
        var count = 0;
        foreach (var value in values)
        {
            if (!float.IsNaN(value))
            {
                bins[(int)(KeyOf(value) >> 16)]++;
                count++;
            }
        }

        return count;
    }

    private static void Select(ReadOnlySpan<float> values, ReadOnlySpan<int> coarse, ReadOnlySpan<int> ranks, Span<float> found)
    {
        Span<int> upper = stackalloc int[ranks.Length];
        Span<int> within = stackalloc int[ranks.Length];
        for (var n = 0; n < ranks.Length; n++)
        {
            (upper[n], within[n]) = Locate(coarse, ranks[n]);
        }

        var bins = ArrayPool<int>.Shared.Rent(Bins);
        try
        {
            var fine = bins.AsSpan(0, Bins);
            for (var n = 0; n < ranks.Length; n++)
            {
                if (n == 0 || upper[n] != upper[n - 1])
                {
                    fine.Clear();
                    CountLowerHalves(values, (uint)upper[n], fine);
                }

                found[n] = ValueOf(((uint)upper[n] << 16) | (uint)Locate(fine, within[n]).Bin);
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(bins);
        }
    }

    private static void CountLowerHalves(ReadOnlySpan<float> values, uint upper, Span<int> bins)
    {
        foreach (var value in values)
        {
            var key = KeyOf(value);
            if (key >> 16 == upper && !float.IsNaN(value))
            {
                bins[(int)(key & 0xFFFF)]++;
            }
        }
    }

    private static (int Bin, int Within) Locate(ReadOnlySpan<int> bins, int rank)
    {
        var bin = 0;
        while (rank >= bins[bin])
        {
            rank -= bins[bin++];
        }

        return (bin, rank);
    }

    private static double Position(double percent, int count) => percent / 100 * (count - 1);

    private static int RankBelow(double percent, int count) => (int)Math.Floor(Position(percent, count));

    private static int RankAbove(double percent, int count) => Math.Min(RankBelow(percent, count) + 1, count - 1);

    private static double Fraction(double percent, int count) => Position(percent, count) - RankBelow(percent, count);

    // The form that gives b exactly at 1 and never leaves [a, b].
    private static float Interpolate(double a, double b, double fraction) =>
        (float)(a == b || fraction == 0 ? a : fraction < 0.5 ? a + ((b - a) * fraction) : b - ((b - a) * (1 - fraction)));
}
