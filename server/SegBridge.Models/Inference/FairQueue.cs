using System.Diagnostics.CodeAnalysis;

namespace SegBridge.Models.Inference;

/// <summary>First come first served within an owner, owners in turn. Not safe for concurrent use.</summary>
internal sealed class FairQueue
{
    private readonly Dictionary<string, LinkedList<DeviceWork>> _waiting = new(StringComparer.Ordinal);
    // Owners that wait, the next one to be served first.
    private readonly LinkedList<string> _turns = new();

    public int Count { get; private set; }

    public void Add(DeviceWork work)
    {
        if (!_waiting.TryGetValue(work.Owner, out var line))
        {
            _waiting[work.Owner] = line = new LinkedList<DeviceWork>();
            _turns.AddLast(work.Owner);
        }

        line.AddLast(work);
        Count++;
    }

    public bool TryTake([NotNullWhen(true)] out DeviceWork? work)
    {
        work = null;
        if (_turns.First is not { } turn)
        {
            return false;
        }

        _turns.RemoveFirst();
        var line = _waiting[turn.Value];
        work = line.First!.Value;
        line.RemoveFirst();
        Count--;
        if (line.Count > 0)
        {
            _turns.AddLast(turn);
        }
        else
        {
            _waiting.Remove(turn.Value);
        }

        return true;
    }

    /// <summary>Takes a piece of work out; false when it is not waiting any more.</summary>
    public bool Remove(DeviceWork work)
    {
        if (!_waiting.TryGetValue(work.Owner, out var line) || !line.Remove(work))
        {
            return false;
        }

        Count--;
        if (line.Count == 0)
        {
            _waiting.Remove(work.Owner);
            _turns.Remove(work.Owner);
        }

        return true;
    }

    /// <summary>Every waiting piece with the number of pieces that are served before it if nobody else comes.</summary>
    public IEnumerable<(DeviceWork Work, int Before)> Positions()
    {
        var before = 0;
        var heads = _turns.Select(owner => _waiting[owner].First).ToList();
        while (heads.Exists(head => head is not null))
        {
            for (var n = 0; n < heads.Count; n++)
            {
                if (heads[n] is { } head)
                {
                    yield return (head.Value, before++);
                    heads[n] = head.Next;
                }
            }

        }
    }
}
