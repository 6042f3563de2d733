namespace SegBridge.Imaging.Formats;

/// <summary>
/// Finds where the voxels of a NRRD start. Lines are skipped in the file as it is, bytes after inflating; a byte skip
/// of −1 means that raw voxels are the last bytes of the file.
/// </summary>
internal static class NrrdVoxels
{
    public static ContentReader Open(NrrdHeader header, Stream file, bool isGzip, long voxelBytes, ReadLimits limits)
    {
        var lines = header.Integer("line skip", 0, limits.MaxHeaderBytes, otherwise: 0);
        var bytes = header.Integer("byte skip", -1, limits.MaxHeaderBytes, otherwise: 0);
        SkipLines(file, lines, limits.MaxHeaderBytes);
        if (bytes == -1)
        {
            SeekToLast(file, isGzip, voxelBytes);
            bytes = 0;
        }

        var content = isGzip ? ContentReader.Gzip(file) : ContentReader.Plain(file);
        content.Skip(bytes, limits.MaxHeaderBytes, "the bytes to skip (NRRD \"byte skip\")");
        return content;
    }

    private static void SkipLines(Stream file, long lines, int maxBytes)
    {
        Span<byte> one = stackalloc byte[1];
        for (var read = 0; lines > 0; read++)
        {
            if (read == maxBytes || file.Read(one) == 0)
            {
                throw new VolumeFormatException(
                    $"NRRD \"line skip\" must pass over lines that are there within {maxBytes} bytes, but {lines} more are asked for");
            }

            lines -= one[0] == '\n' ? 1 : 0;
        }
    }

    private static void SeekToLast(Stream file, bool isGzip, long voxelBytes)
    {
        if (isGzip || !file.CanSeek)
        {
            throw new VolumeFormatException("NRRD \"byte skip: -1\" must come with encoding raw in a file on disk");
        }

        var start = file.Length - voxelBytes;
        if (start < file.Position)
        {
            throw new VolumeFormatException(
                $"the file is cut off: its header declares {voxelBytes} bytes of voxels, {file.Length - file.Position} bytes follow");
        }

        file.Position = start;
    }
}
