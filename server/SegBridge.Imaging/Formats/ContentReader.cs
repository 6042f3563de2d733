using System.IO.Compression;

namespace SegBridge.Imaging.Formats;

/// <summary>
/// Reads a file's bytes in order and turns every way in which they can end early or fail to inflate into a
/// <see cref="VolumeFormatException"/>. Failures of the device below (<see cref="IOException"/>) pass through.
/// </summary>
internal sealed class ContentReader : IDisposable
{
    private const int PieceBytes = 1 << 20;
    // Deflate cannot expand a byte to more than 1032 bytes; the rest is allowance for buffered input.
    private const long MaxExpansion = 1040;
    private const long BufferedAllowance = 1 << 16;

    private readonly Stream _stream;
    private readonly Stream _file;
    private readonly bool _inflates;

    private ContentReader(Stream stream, Stream file, bool inflates)
    {
        (_stream, _file, _inflates) = (stream, file, inflates);
    }

    /// <summary>Reads the bytes as they are; the stream stays open afterwards.</summary>
    public static ContentReader Plain(Stream file) => new(file, file, inflates: false);

    /// <summary>Inflates a gzip file; the stream stays open afterwards.</summary>
    public static ContentReader Gzip(Stream file) =>
        new(new GZipStream(file, CompressionMode.Decompress, leaveOpen: true), file, inflates: true);

    /// <summary>Inflates a zlib stream; the stream stays open afterwards.</summary>
    public static ContentReader Zlib(Stream file) =>
        new(new ZLibStream(file, CompressionMode.Decompress, leaveOpen: true), file, inflates: true);

    /// <summary>Reads up to the length of the buffer; fewer bytes mean the end of the file.</summary>
    public int ReadUpTo(Span<byte> buffer)
    {
        try
        {
            return _stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (Exception e) when (_inflates && IsInflateFailure(e))
        {
            throw new VolumeFormatException(
                "the compressed part of the file is corrupt or cut off; copy or export the file again", e);
        }
    }

    /// <param name="buffer">Filled to its end.</param>
    /// <param name="part">What is being read, for the message: "the NIfTI header".</param>
    public void ReadExactly(Span<byte> buffer, string part)
    {
        for (var done = 0; done < buffer.Length;)
        {
            var piece = buffer.Slice(done, Math.Min(PieceBytes, buffer.Length - done));
            var read = ReadUpTo(piece);
            done += read;
            if (read < piece.Length)
            {
                throw new VolumeFormatException(
                    $"the file is cut off in {part}: {buffer.Length} bytes are expected, {done} are there");
            }
        }
    }

    /// <summary>Passes over bytes, at most <paramref name="limit"/> of them.</summary>
    public void Skip(long bytes, long limit, string part)
    {
        if (bytes < 0 || bytes > limit)
        {
            throw new VolumeFormatException($"{part} must take 0 to {limit} bytes, got {bytes}");
        }

        Span<byte> waste = stackalloc byte[1024];
        for (var left = bytes; left > 0;)
        {
            var piece = waste[..(int)Math.Min(left, waste.Length)];
            ReadExactly(piece, part);
            left -= piece.Length;
        }
    }

    /// <summary>The voxels, which come next. Refuses, before allocating, a file that cannot hold them.</summary>
    public byte[] ReadVoxels(long bytes)
    {
        RequirePlausible(bytes, "voxels");
        byte[] voxels;
        try
        {
            voxels = GC.AllocateUninitializedArray<byte>(checked((int)bytes));
        }
        catch (OutOfMemoryException e)
        {
            throw new VolumeFormatException($"the voxels need {bytes} bytes, more memory than this machine has free", e);
        }

        ReadExactly(voxels, "the voxels");
        ReachEnd();
        return voxels;
    }

    /// <summary>Refuses a file whose remaining length, where it is known, cannot hold so many bytes.</summary>
    /// <param name="bytes">What the header declares.</param>
    /// <param name="what">What the bytes are, in the plural.</param>
    public void RequirePlausible(long bytes, string what)
    {
        if (!_file.CanSeek)
        {
            return;
        }

        var left = _file.Length - _file.Position;
        var most = _inflates ? (double)(left + BufferedAllowance) * MaxExpansion : left;
        if (bytes > most)
        {
            throw new VolumeFormatException(
                $"the file is cut off: its header declares {bytes} bytes of {what}, {left} {(_inflates ? "compressed bytes" : "bytes")} follow");
        }
    }

    /// <summary>Has the checksum of compressed content compared, which happens on reaching its end.</summary>
    public void ReachEnd()
    {
        if (_inflates)
        {
            Span<byte> beyond = stackalloc byte[1];
            ReadUpTo(beyond);
        }
    }

    // zlib's own failures are IOExceptions of a type that is not public.
    private static bool IsInflateFailure(Exception e) =>
        e is InvalidDataException || (e is IOException && e.GetType().Assembly == typeof(GZipStream).Assembly);

    public void Dispose()
    {
        if (_inflates)
        {
            _stream.Dispose();
        }
    }
}
