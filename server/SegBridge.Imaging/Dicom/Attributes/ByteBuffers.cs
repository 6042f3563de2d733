using SegBridge.Imaging.Formats;

namespace SegBridge.Imaging.Dicom;

/// <summary>The bytes of a value: in memory, or in a file until they are asked for.</summary>
public interface IByteBuffer
{
    /// <summary>Number of bytes.</summary>
    long Size { get; }

    /// <summary>Copies a part.</summary>
    /// <exception cref="VolumeFormatException">The value is shorter than offset + destination, or its file has changed.</exception>
    void CopyTo(long offset, Span<byte> destination);

    /// <summary>All bytes, read anew at every call where they are in a file.</summary>
    ReadOnlyMemory<byte> Data { get; }
}

/// <summary>Bytes in memory.</summary>
public sealed class MemoryByteBuffer(ReadOnlyMemory<byte> data) : IByteBuffer
{
    public static MemoryByteBuffer Empty { get; } = new(default);

    public long Size => Data.Length;

    public ReadOnlyMemory<byte> Data { get; } = data;

    public void CopyTo(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset + destination.Length > Size)
        {
            throw new VolumeFormatException(
                $"a DICOM value of {Size} bytes is too short: bytes {offset} to {offset + destination.Length} are needed");
        }

        Data.Span.Slice((int)offset, destination.Length).CopyTo(destination);
    }
}

/// <summary>A range of a file.</summary>
internal sealed class FileByteBuffer(string path, long position, long size) : IByteBuffer
{
    public long Size => size;

    public ReadOnlyMemory<byte> Data
    {
        get
        {
            if (size > Array.MaxLength)
            {
                throw new VolumeFormatException($"a DICOM value of {size} bytes is too large to be held at once; at most {Array.MaxLength} can be");
            }

            var data = GC.AllocateUninitializedArray<byte>((int)size);
            CopyTo(0, data);
            return data;
        }
    }

    public void CopyTo(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset + destination.Length > size)
        {
            throw new VolumeFormatException(
                $"a DICOM value of {size} bytes is too short: bytes {offset} to {offset + destination.Length} are needed");
        }

        using var file = File.OpenHandle(path);
        while (!destination.IsEmpty)
        {
            var read = RandomAccess.Read(file, destination, position + offset);
            if (read == 0)
            {
                throw new VolumeFormatException($"\"{Path.GetFileName(path)}\" has become shorter since it was opened");
            }

            destination = destination[read..];
            offset += read;
        }
    }
}
