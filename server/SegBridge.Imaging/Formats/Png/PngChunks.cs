using System.Buffers.Binary;
using System.Text;
using SegBridge.Imaging.Compression;

namespace SegBridge.Imaging.Formats;

/// <summary>Walks the chunks of a PNG in memory; the checksum of each that is used is compared.</summary>
internal ref struct PngChunks(ReadOnlySpan<byte> file)
{
    private const int FrameBytes = 12;
    private ReadOnlySpan<byte> _rest = file;

    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];

    /// <summary>Takes the next chunk off the front.</summary>
    public (string Type, int Length) Next(out ReadOnlySpan<byte> data)
    {
        if (_rest.Length < FrameBytes)
        {
            throw new VolumeFormatException($"the PNG is cut off: a chunk of at least {FrameBytes} bytes is expected, {_rest.Length} are left");
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(_rest);
        if (length > _rest.Length - FrameBytes)
        {
            throw new VolumeFormatException($"the PNG is cut off: a chunk declares {length} bytes, {_rest.Length - FrameBytes} are left");
        }

        var typed = _rest.Slice(4, 4 + (int)length);
        var type = Encoding.Latin1.GetString(typed[..4]);
        var declared = BinaryPrimitives.ReadUInt32BigEndian(_rest[(8 + (int)length)..]);
        if (Crc32.Of(typed) != declared)
        {
            throw new VolumeFormatException(
                $"chunk {NrrdText.Quote(type)} of the PNG is corrupt: its checksum is not {declared:X8}; copy or export the file again");
        }

        _rest = _rest[(FrameBytes + (int)length)..];
        data = typed[4..];
        return (type, (int)length);
    }

    /// <summary>Writes one chunk with its length and checksum.</summary>
    public static void Write(Stream stream, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        var chunk = new byte[FrameBytes + data.Length];
        BinaryPrimitives.WriteUInt32BigEndian(chunk, (uint)data.Length);
        type.CopyTo(chunk.AsSpan(4));
        data.CopyTo(chunk.AsSpan(8));
        var typed = chunk.AsSpan(4, 4 + data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), Crc32.Of(typed));
        stream.Write(chunk);
    }
}
