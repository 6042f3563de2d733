namespace SegBridge.Imaging.Resampling;

/// <summary>
/// Where each target index of one axis takes its value: source[Low] · (1 − Weight) + source[High] · Weight, in the
/// single precision that torch uses.
/// </summary>
internal sealed class LinearAxis
{
    public LinearAxis(int source, int target, CornerConvention corners)
    {
        Low = new int[target];
        High = new int[target];
        Weight = new float[target];
        var scale = corners == CornerConvention.AlignCorners
            ? target > 1 ? (float)(source - 1) / (target - 1) : 0
            : (float)source / target;
        for (var n = 0; n < target; n++)
        {
            var at = corners == CornerConvention.AlignCorners ? scale * n : Math.Max(0, (scale * (n + 0.5f)) - 0.5f);
            var low = Math.Min((int)at, source - 1);
            Low[n] = low;
            High[n] = Math.Min(low + 1, source - 1);
            Weight[n] = Math.Clamp(at - low, 0, 1);
        }
    }

    public int[] Low { get; }

    public int[] High { get; }

    public float[] Weight { get; }

    public int Length => Low.Length;

    /// <summary>Whether every target index is its own source index.</summary>
    public bool IsIdentity
    {
        get
        {
            for (var n = 0; n < Length; n++)
            {
                if (Low[n] != n || Weight[n] != 0)
                {
                    return false;
                }
            }

            return true;
        }
    }
}
