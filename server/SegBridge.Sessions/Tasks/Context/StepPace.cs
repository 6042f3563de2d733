namespace SegBridge.Sessions.Tasks.Context;

/// <summary>
/// How many examples a model's step can take in a given time, by the steps it did so far. A network works as long on the
/// image as on each example, so that a step's time divided by examples + 1 says what one costs; the median of the last
/// steps counts. The answer is a power of two, so that it does not change with every step. Thread-safe.
/// </summary>
internal sealed class StepPace(TimeSpan budget)
{
    public const int Most = Models.Slices.SliceContext.MostExamples;

    /// <summary>Before anything was measured.</summary>
    private const int AtFirst = 8;
    private const int Remembered = 5;

    private readonly Lock _gate = new();
    private readonly Queue<double> _msPerExample = new();

    /// <summary>1 .. <see cref="Most"/>.</summary>
    public int Examples
    {
        get
        {
            double[] times;
            lock (_gate)
            {
                times = [.. _msPerExample.Order()];
            }

            if (times.Length == 0)
            {
                return AtFirst;
            }

            var fitting = (int)Math.Clamp((budget.TotalMilliseconds / times[times.Length / 2]) - 1, 1, Most);
            return (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)fitting + 1) / 2;
        }
    }

    /// <summary>A step with so many examples took so long.</summary>
    public void Learn(int examples, double ms)
    {
        lock (_gate)
        {
            _msPerExample.Enqueue(Math.Max(ms, 1e-3) / (examples + 1));
            if (_msPerExample.Count > Remembered)
            {
                _msPerExample.Dequeue();
            }
        }
    }
}
