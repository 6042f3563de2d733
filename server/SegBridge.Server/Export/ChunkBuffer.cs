namespace SegBridge.Server.Export;

/// <summary>Collects what is written in chunks of one size, the last one shorter.</summary>
internal sealed class ChunkBuffer(int chunkBytes) : Stream
{
    private readonly List<byte[]> _full = [];
    private byte[] _current = new byte[chunkBytes];
    private int _length;

    /// <summary>All that was written, in order; at least one chunk, which may be empty.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Chunks
    {
        get
        {
            foreach (var chunk in _full)
            {
                yield return chunk;
            }

            if (_length > 0 || _full.Count == 0)
            {
                yield return _current.AsMemory(0, _length);
            }
        }
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => ((long)_full.Count * chunkBytes) + _length;

    public override long Position
    {
        get => Length;
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (_length == chunkBytes)
            {
                _full.Add(_current);
                (_current, _length) = (new byte[chunkBytes], 0);
            }

            var count = Math.Min(buffer.Length, chunkBytes - _length);
            buffer[..count].CopyTo(_current.AsSpan(_length));
            _length += count;
            buffer = buffer[count..];
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
