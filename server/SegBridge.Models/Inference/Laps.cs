using System.Diagnostics;

namespace SegBridge.Models.Inference;

/// <summary>Milliseconds that went into one part of some work.</summary>
public readonly record struct Lap(string Part, double Ms);

/// <summary>
/// Where the time of some work goes: every moment since the construction, or since <see cref="Restart"/>, belongs to the
/// part that ended next. To be used by one thread at a time.
/// </summary>
public sealed class Laps
{
    [ThreadStatic]
    private static Laps? _ofThisThread;

    private readonly List<Lap> _parts = [];
    private long _last = Stopwatch.GetTimestamp();

    /// <summary>Of the work that this thread does now: a piece of work on a device stays on its thread.</summary>
    internal static Laps OfThisThread => _ofThisThread ??= new Laps();

    /// <summary>The parts in the order in which they first ended. Those of the same name are one.</summary>
    public IReadOnlyList<Lap> Parts => [.. _parts];

    /// <summary>Forgets all parts and begins anew.</summary>
    public void Restart()
    {
        _parts.Clear();
        _last = Stopwatch.GetTimestamp();
    }

    /// <summary>What passed since the last part ended was this one.</summary>
    public void End(string part)
    {
        var now = Stopwatch.GetTimestamp();
        Add(part, Stopwatch.GetElapsedTime(_last, now).TotalMilliseconds);
        _last = now;
    }

    /// <summary>What passed since the last part ended was this one, but for the parts that others measured meanwhile.</summary>
    public void End(string part, IReadOnlyList<Lap> meanwhile)
    {
        var now = Stopwatch.GetTimestamp();
        var rest = Stopwatch.GetElapsedTime(_last, now).TotalMilliseconds;
        foreach (var lap in meanwhile)
        {
            Add(lap.Part, lap.Ms);
            rest -= lap.Ms;
        }

        Add(part, rest);
        _last = now;
    }

    private void Add(string part, double ms)
    {
        for (var n = 0; n < _parts.Count; n++)
        {
            if (_parts[n].Part == part)
            {
                _parts[n] = new Lap(part, _parts[n].Ms + ms);
                return;
            }
        }

        _parts.Add(new Lap(part, ms));
    }
}
