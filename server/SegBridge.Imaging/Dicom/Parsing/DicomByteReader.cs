using System.Buffers.Binary;
using SegBridge.Imaging.Formats;

namespace SegBridge.Imaging.Dicom;

/// <summary>Reads numbers and bytes of a seekable stream in order; nothing is read or allocated beyond its end.</summary>
internal sealed class DicomByteReader(Stream stream, string? path)
{
    private readonly byte[] _buffer = new byte[8 << 10];
    private readonly long _start = stream.Position;
    private int _next;
    private int _end;

    /// <summary>The file behind the stream, where there is one that can be opened again.</summary>
    public string? Path { get; } = path;

    public long Length { get; } = stream.Length - stream.Position;

    public long Position { get; private set; }

    public long Left => Length - Position;

    /// <summary>Up to <paramref name="count"/> (at most 4096) bytes that come next, without passing them.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        if (_end - _next < count)
        {
            _buffer.AsSpan(_next, _end - _next).CopyTo(_buffer);
            (_next, _end) = (0, _end - _next);
            _end += stream.ReadAtLeast(_buffer.AsSpan(_end), count - _end, throwOnEndOfStream: false);
        }

        return _buffer.AsSpan(_next, Math.Min(count, _end - _next));
    }

    /// <summary>The next bytes, valid until the next call.</summary>
    public ReadOnlySpan<byte> Take(int count)
    {
        var taken = Peek(count);
        if (taken.Length < count)
        {
            throw new VolumeFormatException($"the DICOM file is cut off: it ends within an element at byte {Length}");
        }

        (_next, Position) = (_next + count, Position + count);
        return taken;
    }

    public ushort TakeUInt16(bool bigEndian) => bigEndian
        ? BinaryPrimitives.ReadUInt16BigEndian(Take(2))
        : BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint TakeUInt32(bool bigEndian) => bigEndian
        ? BinaryPrimitives.ReadUInt32BigEndian(Take(4))
        : BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    /// <summary>Bytes that are known to be there.</summary>
    public byte[] TakeBytes(int count)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(count);
        var buffered = Math.Min(count, _end - _next);
        _buffer.AsSpan(_next, buffered).CopyTo(bytes);
        (_next, Position) = (_next + buffered, Position + count);
        if (stream.ReadAtLeast(bytes.AsSpan(buffered), count - buffered, throwOnEndOfStream: false) < count - buffered)
        {
            throw new VolumeFormatException("the DICOM file became shorter while it was read");
        }

        return bytes;
    }

    /// <summary>Passes over bytes that are known to be there.</summary>
    public void Skip(long count)
    {
        Position += count;
        if (count <= _end - _next)
        {
            _next += (int)count;
            return;
        }

        (_next, _end) = (0, 0);
        stream.Position = _start + Position;
    }
}
