namespace SegBridge.Cli.Simulation.Scribbles;

/// <summary>How strongly each pixel of a slice is drawn on, 0 to 1: row-major.</summary>
internal sealed record SoftMap(int Rows, int Columns, float[] Values)
{
    public static SoftMap Of(SliceMap map) => new(map.Rows, map.Columns, Array.ConvertAll(map.Pixels, p => p == 0 ? 0f : 1f));

    public bool IsEmpty => !Values.AsSpan().ContainsAnyExcept(0f);

    /// <summary>What lies within a region.</summary>
    public SoftMap Within(SliceMap region) =>
        this with { Values = [.. Values.Zip(region.Pixels, (value, inside) => inside == 0 ? 0 : value)] };

    /// <summary>The pixels above a value.</summary>
    public SliceMap Above(float value) => new(Rows, Columns, Array.ConvertAll(Values, v => v > value ? (byte)1 : (byte)0));

    /// <summary>
    /// The pixels that count as drawn where ink is there or not: those of at least one half or, where there is none such,
    /// the strongest. Empty only when nothing is drawn.
    /// </summary>
    public SliceMap Drawn()
    {
        var highest = Values.Max();
        var from = Math.Min(0.5f, highest);
        return new SliceMap(Rows, Columns, Array.ConvertAll(Values, v => v > 0 && v >= from ? (byte)1 : (byte)0));
    }
}
