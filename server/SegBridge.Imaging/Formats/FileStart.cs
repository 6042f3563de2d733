namespace SegBridge.Imaging.Formats;

/// <summary>
/// A read-only view of a stream whose first bytes can be looked at before they are read, whether or not the stream
/// can seek. The stream below stays open.
/// </summary>
internal sealed class FileStart : Stream
{
    /// <summary>Enough to tell all formats apart ("DICM" comes at 128).</summary>
    private const int PeekBytes = 132;

    private readonly Stream _stream;
    private readonly byte[] _start = new byte[PeekBytes];
    private readonly int _startLength;
    private readonly long _streamStart;
    private int _startRead;

    private FileStart(Stream stream)
    {
        _stream = stream;
        _streamStart = stream.CanSeek ? stream.Position : 0;
        _startLength = stream.ReadAtLeast(_start, PeekBytes, throwOnEndOfStream: false);
    }

    public static FileStart Of(Stream stream) => stream as FileStart ?? new FileStart(stream);

    /// <summary>The first bytes; fewer than 132 where the file is shorter.</summary>
    public ReadOnlySpan<byte> Peek => _start.AsSpan(0, _startLength);

    public bool IsGzip => Peek.StartsWith<byte>([0x1F, 0x8B]);

    public override bool CanRead => true;

    public override bool CanSeek => _stream.CanSeek;

    public override bool CanWrite => false;

    /// <summary>Bytes from where the view was taken to the end.</summary>
    public override long Length => _stream.Length - _streamStart;

    public override long Position
    {
        get => _startRead < _startLength ? _startRead : _stream.Position - _streamStart;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _startRead = _startLength;
            _stream.Position = _streamStart + value;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        if (_startRead == _startLength)
        {
            return _stream.Read(buffer);
        }

        var count = Math.Min(buffer.Length, _startLength - _startRead);
        _start.AsSpan(_startRead, count).CopyTo(buffer);
        _startRead += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
