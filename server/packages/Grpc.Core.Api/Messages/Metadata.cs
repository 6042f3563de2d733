using System.Collections;

namespace Grpc.Core;

/// <summary>
/// Headers or trailers: an ordered list of entries in which a key may occur more than once.
/// </summary>
public sealed partial class Metadata : IList<Metadata.Entry>
{
    /// <summary>Keys that end so carry bytes, all others ASCII text.</summary>
    public const string BinaryHeaderSuffix = "-bin";

    /// <summary>No entries; read-only.</summary>
    public static readonly Metadata Empty = new(readOnly: true);

    private readonly List<Entry> _entries = [];

    /// <summary>Makes an empty list.</summary>
    public Metadata()
    {
    }

    private Metadata(bool readOnly) => IsReadOnly = readOnly;

    /// <inheritdoc />
    public int Count => _entries.Count;

    /// <inheritdoc />
    public bool IsReadOnly { get; }

    /// <inheritdoc />
    public Entry this[int index]
    {
        get => _entries[index];
        set
        {
            CheckEntry(value);
            _entries[index] = value;
        }
    }

    /// <summary>The entry with <paramref name="key"/> that comes last, or null.</summary>
    public Entry? Get(string key) => _entries.FindLast(entry => entry.Key == key);

    /// <summary>The text of the last entry with <paramref name="key"/>, or null.</summary>
    public string? GetValue(string key) => Get(key)?.Value;

    /// <summary>The bytes of the last entry with <paramref name="key"/>, or null.</summary>
    public byte[]? GetValueBytes(string key) => Get(key)?.ValueBytes;

    /// <summary>All entries with <paramref name="key"/> in order.</summary>
    public IEnumerable<Entry> GetAll(string key) => _entries.Where(entry => entry.Key == key);

    /// <summary>Adds a text entry.</summary>
    public void Add(string key, string value) => Add(new Entry(key, value));

    /// <summary>Adds a binary entry; the key must end in "-bin".</summary>
    public void Add(string key, byte[] valueBytes) => Add(new Entry(key, valueBytes));

    /// <inheritdoc />
    public void Add(Entry item)
    {
        CheckEntry(item);
        _entries.Add(item);
    }

    /// <inheritdoc />
    public void Insert(int index, Entry item)
    {
        CheckEntry(item);
        _entries.Insert(index, item);
    }

    /// <inheritdoc />
    public bool Remove(Entry item)
    {
        CheckWritable();
        return _entries.Remove(item);
    }

    /// <inheritdoc />
    public void RemoveAt(int index)
    {
        CheckWritable();
        _entries.RemoveAt(index);
    }

    /// <inheritdoc />
    public void Clear()
    {
        CheckWritable();
        _entries.Clear();
    }

    /// <inheritdoc />
    public int IndexOf(Entry item) => _entries.IndexOf(item);

    /// <inheritdoc />
    public bool Contains(Entry item) => _entries.Contains(item);

    /// <inheritdoc />
    public void CopyTo(Entry[] array, int arrayIndex) => _entries.CopyTo(array, arrayIndex);

    /// <inheritdoc />
    public IEnumerator<Entry> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void CheckEntry(Entry entry)
    {
        CheckWritable();
        ArgumentNullException.ThrowIfNull(entry);
    }

    private void CheckWritable()
    {
        if (IsReadOnly)
        {
            throw new InvalidOperationException("This metadata is read-only; make a new Metadata to add entries.");
        }
    }
}
