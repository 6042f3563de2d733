namespace SegBridge.Models.Import.Checkpoints.Pickle;

/// <summary>The stack of a pickle with its marks and its memo.</summary>
internal sealed class PickleStack(PickleInput input)
{
    private const int MostMarks = 10_000;
    private readonly List<object?> _values = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<long, object?> _memo = [];

    public int Count => _values.Count;

    public void Push(object? value) => _values.Add(value);

    public object? Pop()
    {
        Require(1);
        var value = _values[^1];
        _values.RemoveAt(_values.Count - 1);
        return value;
    }

    public object? Top()
    {
        Require(1);
        return _values[^1];
    }

    public void Mark()
    {
        if (_marks.Count >= MostMarks)
        {
            throw new CheckpointException($"the pickle in the checkpoint nests more than {MostMarks} deep: it is damaged or forged");
        }

        _marks.Add(_values.Count);
    }

    /// <summary>Everything above the last mark, which goes too.</summary>
    public object?[] PopToMark()
    {
        if (_marks.Count == 0)
        {
            throw input.Damaged();
        }

        var from = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        var values = _values.GetRange(from, _values.Count - from).ToArray();
        _values.RemoveRange(from, values.Length);
        return values;
    }

    /// <summary>Drops the last value or, where there is none above it, the last mark.</summary>
    public void Drop()
    {
        if (_marks.Count > 0 && _marks[^1] == _values.Count)
        {
            _marks.RemoveAt(_marks.Count - 1);
        }
        else
        {
            _ = Pop();
        }
    }

    public PickleTuple PopTuple(int length)
    {
        Require(length);
        var values = _values.GetRange(_values.Count - length, length);
        _values.RemoveRange(_values.Count - length, length);
        return new PickleTuple(values);
    }

    public void Remember(object place) => _memo[place is long number && number >= 0 ? number : throw input.Damaged()] = Top();

    public void RememberNext() => _memo[_memo.Count] = Top();

    public void Recall(object place) =>
        Push(place is long number && _memo.TryGetValue(number, out var value) ? value : throw input.Damaged());

    private void Require(int count)
    {
        var floor = _marks.Count > 0 ? _marks[^1] : 0;
        if (_values.Count - floor < count)
        {
            throw input.Damaged();
        }
    }
}
