namespace SegBridge.Models.Import.Checkpoints.Pickle;

/// <summary>A dictionary in the order in which it was filled. Keys that are no strings are kept, not looked up.</summary>
internal sealed class PickleDict
{
    private readonly List<KeyValuePair<object?, object?>> _items = [];
    private Dictionary<string, int>? _places;

    public IReadOnlyList<KeyValuePair<object?, object?>> Items => _items;

    public void Set(object? key, object? value)
    {
        if (key is string text)
        {
            _places ??= new Dictionary<string, int>(StringComparer.Ordinal);
            if (_places.TryGetValue(text, out var place))
            {
                _items[place] = new(key, value);
                return;
            }

            _places[text] = _items.Count;
        }

        _items.Add(new(key, value));
    }

    public object? Find(string key) => _places is not null && _places.TryGetValue(key, out var place) ? _items[place].Value : null;
}
