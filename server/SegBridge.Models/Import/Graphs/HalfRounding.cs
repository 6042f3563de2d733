namespace SegBridge.Models.Import.Graphs;

/// <summary>Rounds weights to float16 and remembers the worst of it.</summary>
internal sealed class HalfRounding
{
    /// <summary>The largest difference between a weight and its rounded value; 0 when nothing was rounded.</summary>
    public float LargestError { get; private set; }

    /// <summary>The weight that has it; empty when nothing was rounded.</summary>
    public string Worst { get; private set; } = "";

    /// <exception cref="ImportException">A value is too large for float16.</exception>
    public void Round(string name, ReadOnlySpan<float> values, Span<Half> halves)
    {
        for (var n = 0; n < values.Length; n++)
        {
            halves[n] = (Half)values[n];
            if (Half.IsInfinity(halves[n]))
            {
                throw new ImportException($"{name} has the value {values[n]:g6}, and float16 ends at {(float)Half.MaxValue:g6}: import it without --half");
            }

            var error = Math.Abs(values[n] - (float)halves[n]);
            if (error > LargestError)
            {
                LargestError = error;
                Worst = name;
            }
        }
    }
}
