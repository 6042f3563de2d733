namespace SegBridge.Models.Inference;

/// <summary>How fast a device gets its work done, so that it can say when to try again. One thread counts, any asks.</summary>
internal sealed class WorkPace
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    // A new piece counts an eighth: the pace follows a change of model within some ten steps.
    private const int Memory = 8;

    private long _ticks = TimeSpan.FromMilliseconds(100).Ticks;

    public void Count(TimeSpan piece) => Volatile.Write(ref _ticks, _ticks + ((piece.Ticks - _ticks) / Memory));

    /// <summary>How long so many pieces will take, 0.1 s to 30 s.</summary>
    public TimeSpan TimeFor(int pieces) =>
        TimeSpan.FromTicks(Math.Clamp(Volatile.Read(ref _ticks) * pieces, Shortest.Ticks, Longest.Ticks));
}
