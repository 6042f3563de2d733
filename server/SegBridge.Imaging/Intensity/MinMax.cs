using System.Numerics;

namespace SegBridge.Imaging.Intensity;

/// <summary>Brings values to [0, 1].</summary>
public static class MinMax
{
    /// <summary>
    /// Clips to the window, then scales by the smallest and largest clipped value: (x − min) / (max − min). When all
    /// clipped values are equal the result is all zeros. NaN and infinities count as the window's lower bound.
    /// </summary>
    /// <exception cref="IntensityException">The window is not finite or its bounds are the wrong way round.</exception>
    public static void Normalise(Span<float> values, IntensityWindow window)
    {
        if (!window.IsValid)
        {
            throw new IntensityException($"a window must be finite with lower ≤ upper, got {window}");
        }

        var (lower, upper) = (ToSingle(window.Lower), ToSingle(window.Upper));
        var (min, max) = Clip(values, lower, upper);
        if (max > min)
        {
            Scale(values, min, max);
        }
        else
        {
            values.Clear();
        }
    }

    private static (float Min, float Max) Clip(Span<float> values, float lower, float upper)
    {
        var (lowers, uppers) = (new Vector<float>(lower), new Vector<float>(upper));
        var largest = new Vector<float>(float.MaxValue);
        var (mins, maxs) = (uppers, lowers);
        var n = 0;
        for (; n <= values.Length - Vector<float>.Count; n += Vector<float>.Count)
        {
            var x = new Vector<float>(values[n..]);
            // |x| ≤ largest is false for NaN and infinities alike.
            x = Vector.ConditionalSelect(Vector.LessThanOrEqual(Vector.Abs(x), largest), x, lowers);
            x = Vector.Min(Vector.Max(x, lowers), uppers);
            (mins, maxs) = (Vector.Min(mins, x), Vector.Max(maxs, x));
            x.CopyTo(values[n..]);
        }

        var (min, max) = (upper, lower);
        for (var lane = 0; lane < Vector<float>.Count; lane++)
        {
            (min, max) = (Math.Min(min, mins[lane]), Math.Max(max, maxs[lane]));
        }

        for (; n < values.Length; n++)
        {
            var x = float.IsFinite(values[n]) ? Math.Clamp(values[n], lower, upper) : lower;
            (min, max) = (Math.Min(min, x), Math.Max(max, x));
            values[n] = x;
        }

        return (min, max);
    }

    private static void Scale(Span<float> values, float min, float max)
    {
        // Twice half the range: max − min itself overflows for the widest windows.
        var half = (max * 0.5f) - (min * 0.5f);
        var whole = max - min;
        var (factor, offset) = float.IsFinite(whole) ? (1f, whole) : (0.5f, half);
        var (mins, ranges) = (new Vector<float>(min * factor), new Vector<float>(offset));
        var n = 0;
        for (; n <= values.Length - Vector<float>.Count; n += Vector<float>.Count)
        {
            (((new Vector<float>(values[n..]) * factor) - mins) / ranges).CopyTo(values[n..]);
        }

        for (; n < values.Length; n++)
        {
            values[n] = ((values[n] * factor) - (min * factor)) / offset;
        }
    }

    private static float ToSingle(double bound) => (float)Math.Clamp(bound, float.MinValue, float.MaxValue);
}
