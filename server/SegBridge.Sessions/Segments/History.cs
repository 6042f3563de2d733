using SegBridge.Sessions.Errors;

namespace SegBridge.Sessions.Segments;

/// <summary>The steps of a segment, done and undone, without limit.</summary>
internal sealed class History
{
    // Steps whose logits stay as they are: an undo or two, and choices between candidates, start from exact ones.
    private const int Newest = 4;

    private readonly List<HistoryStep> _done = [];
    private readonly Stack<HistoryStep> _undone = new();

    /// <summary>Position: the number of steps in force.</summary>
    public int Position => _done.Count;

    public int RedoSteps => _undone.Count;

    public long BytesHeld { get; private set; }

    /// <summary>The last step in force; null before the first.</summary>
    public HistoryStep? Current => _done.Count == 0 ? null : _done[^1];

    /// <summary>Adds a step, to the last one when both are parts of one run; what had been undone is forgotten.</summary>
    public void Add(HistoryStep step)
    {
        if (step.Run is { } run && _done.LastOrDefault()?.Run == run)
        {
            BytesHeld -= _done[^1].BytesHeld;
            step = _done[^1].Joined(step);
            _done.RemoveAt(_done.Count - 1);
        }

        while (_undone.TryPop(out var forgotten))
        {
            BytesHeld -= forgotten.BytesHeld;
        }

        _done.Add(step);
        BytesHeld += step.BytesHeld;
        if (_done.Count > Newest)
        {
            var old = _done[^(Newest + 1)];
            BytesHeld -= old.BytesHeld;
            old.Pack();
            BytesHeld += old.BytesHeld;
        }
    }

    /// <summary>Takes the last step back and returns it.</summary>
    public HistoryStep Undo()
    {
        if (_done.Count == 0)
        {
            throw new WrongStateException("there is nothing to undo: the segment has no step before this one");
        }

        var step = _done[^1];
        _done.RemoveAt(_done.Count - 1);
        _undone.Push(step);
        return step;
    }

    /// <summary>Brings the last undone step back and returns it.</summary>
    public HistoryStep Redo()
    {
        if (!_undone.TryPop(out var step))
        {
            throw new WrongStateException("there is nothing to redo: no step was undone since the last one");
        }

        _done.Add(step);
        return step;
    }

    /// <summary>Steps in force with their positions, oldest first.</summary>
    public IEnumerable<(HistoryStep Step, int Position)> Done => _done.Select((step, n) => (step, n + 1));
}
