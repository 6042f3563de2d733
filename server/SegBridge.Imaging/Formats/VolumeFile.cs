using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Formats;

/// <summary>Reads and writes volume files of all formats known here: NIfTI, NRRD and, for one slice, PNG.</summary>
public static class VolumeFile
{
    /// <summary>Reads a volume; the format is told from the content, not from the name.</summary>
    /// <param name="path">The file; of a NIfTI pair either the <c>.hdr</c> or the <c>.img</c>.</param>
    /// <param name="limits">Null: <see cref="ReadLimits.Default"/>.</param>
    /// <exception cref="VolumeFormatException">The content cannot be read; the message starts with the file's name.</exception>
    /// <exception cref="IOException">The file cannot be opened, or the disk fails.</exception>
    public static Volume Read(string path, ReadLimits? limits = null)
    {
        path = HeaderOfPair(path);
        using var stream = FileOnDisk.OpenRead(path);
        return Named(Path.GetFileName(path), () => Read(FileStart.Of(stream), limits, path));
    }

    /// <summary>
    /// Reads a volume from a stream; files that keep header and voxels apart are refused, since they need a path.
    /// </summary>
    /// <param name="stream">Read from its position; left open.</param>
    /// <param name="name">What to call the file in messages.</param>
    /// <param name="limits">Null: <see cref="ReadLimits.Default"/>.</param>
    /// <exception cref="VolumeFormatException">The content cannot be read; the message starts with the name.</exception>
    public static Volume Read(Stream stream, string name, ReadLimits? limits = null) =>
        Named(name, () => Read(FileStart.Of(stream), limits, path: null));

    /// <summary>Writes a volume in the format of the extension: <c>.nii.gz</c>, <c>.nii</c> or <c>.nrrd</c>.</summary>
    /// <param name="path">Appears only when it is complete; an existing file is replaced.</param>
    /// <param name="volume">One scalar volume.</param>
    /// <exception cref="ArgumentException">Another extension.</exception>
    public static void Write(string path, Volume volume)
    {
        Action<Stream> write = path switch
        {
            _ when HasExtension(path, ".nii.gz") => stream => NiftiFile.Write(stream, volume),
            _ when HasExtension(path, ".nii") => stream => NiftiFile.Write(stream, volume, compress: false),
            _ when HasExtension(path, ".nrrd") => stream => NrrdFile.Write(stream, volume),
            _ => throw new ArgumentException(
                $"a volume can be written as .nii.gz, .nii or .nrrd, got \"{Path.GetFileName(path)}\"", nameof(path)),
        };
        var unfinished = path + ".part";
        try
        {
            using (var stream = File.Create(unfinished))
            {
                write(stream);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private static Volume Read(FileStart start, ReadLimits? limits, string? path)
    {
        var peek = start.Peek;
        if (peek.StartsWith("NRRD"u8))
        {
            return NrrdFile.Read(start, limits, path is null ? null : name => SiblingFile.Open(path, name));
        }

        if (peek.StartsWith(PngChunks.Signature))
        {
            return SliceOf(PngFile.Read(start, limits));
        }

        if (start.IsGzip || NiftiHeaderParser.DeclaredSize(peek, out _) != 0)
        {
            using var image = path is null ? null : ImageOfPair(path);
            return NiftiFile.Read(start, limits, image);
        }

        throw new VolumeFormatException(
            $"not a volume file: expected NIfTI (.nii, .nii.gz), NRRD (.nrrd, .nhdr) or PNG, got {Guess(peek)}");
    }

    /// <summary>A grey picture as one slice of 1 mm pixels; its rows run to posterior.</summary>
    private static Volume SliceOf(PngImage image)
    {
        if (image.Channels != 1)
        {
            throw new VolumeFormatException("a PNG must be grey to be a volume, got colours; convert it to grey");
        }

        var size = GridSteps.SizeOf(image.Width, image.Height, 1, "the PNG");
        return new Volume(
            VolumeGeometry.AxisAligned(size, new Spacing(1, 1, 1)),
            image.BitsPerSample == 16 ? VoxelType.UInt16 : VoxelType.UInt8,
            Rescale.Identity,
            image.Samples);
    }

    private static string Guess(ReadOnlySpan<byte> start) => start switch
    {
        [] => "an empty file",
        [.. { Length: 128 }, (byte)'D', (byte)'I', (byte)'C', (byte)'M'] => "a DICOM file",
        [(byte)'B', (byte)'Z', (byte)'h', ..] => "a bzip2 archive",
        [(byte)'P', (byte)'K', ..] => "a zip archive",
        [0xFF, 0xD8, 0xFF, ..] => "a JPEG picture",
        _ => $"a file starting with {Convert.ToHexString(start[..Math.Min(8, start.Length)])}",
    };

    private static string HeaderOfPair(string path)
    {
        var stem = HasExtension(path, ".img.gz") ? path[..^7] : HasExtension(path, ".img") ? path[..^4] : null;
        return stem is null ? path : File.Exists(stem + ".hdr") ? stem + ".hdr" : stem + ".hdr.gz";
    }

    private static FileStream? ImageOfPair(string path)
    {
        var stem = HasExtension(path, ".hdr.gz") ? path[..^7] : HasExtension(path, ".hdr") ? path[..^4] : null;
        return stem is null ? null
            : File.Exists(stem + ".img") ? File.OpenRead(stem + ".img")
            : File.Exists(stem + ".img.gz") ? File.OpenRead(stem + ".img.gz")
            : null;
    }

    private static bool HasExtension(string path, string extension) =>
        path.EndsWith(extension, StringComparison.OrdinalIgnoreCase);

    private static Volume Named(string name, Func<Volume> read)
    {
        try
        {
            return read();
        }
        catch (VolumeFormatException e)
        {
            throw new VolumeFormatException($"{NrrdText.Quote(name)}: {e.Message}", e);
        }
    }
}
