using SegBridge.Imaging.Compression;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Formats;

/// <summary>
/// NIfTI-1 and NIfTI-2 files: <c>.nii</c>, <c>.nii.gz</c> and, for reading, the pair <c>.hdr</c> + <c>.img</c>.
/// Their world is RAS; volumes here are LPS. Header extensions are passed over.
/// </summary>
public static class NiftiFile
{
    /// <summary>Reads one scalar volume. Compression is recognised by content.</summary>
    /// <param name="stream">Read from its position; left open.</param>
    /// <param name="limits">Null: <see cref="ReadLimits.Default"/>.</param>
    /// <param name="image">The <c>.img</c> file where <paramref name="stream"/> is the <c>.hdr</c> of a pair.</param>
    /// <returns>
    /// Stored voxels as in the file with its scl_slope and scl_inter as <see cref="Rescale"/> (a slope of 0 or NaN
    /// means none). 64-bit voxels are narrowed: integers to Int32, UInt32 or Float32 and floating point to Float32 or
    /// Int32, the first of them that loses nothing, else rounded to Float32. Two-dimensional files become one slice.
    /// </returns>
    /// <exception cref="VolumeFormatException">
    /// Malformed, cut off, larger than the limits, or of a kind that is not one scalar volume.
    /// </exception>
    public static Volume Read(Stream stream, ReadLimits? limits = null, Stream? image = null)
    {
        limits ??= ReadLimits.Default;
        using var file = FileStart.Of(stream);
        using var content = file.IsGzip ? ContentReader.Gzip(file) : ContentReader.Plain(file);
        var header = ReadHeader(content, out var headerBytes);
        var size = SizeOf(header);
        var type = TypeOf(header.DataType);
        VoxelDecoder.RequireWithin(limits, size, type);
        var (steps, source) = NiftiOrientation.StepsOf(header, size);
        var geometry = steps.ToGeometry(size, source);
        var rescale = RescaleOf(header);
        if (header.SingleFile)
        {
            content.Skip(OffsetOf(header, headerBytes + 4) - headerBytes, limits.MaxHeaderBytes, "the NIfTI header extension (vox_offset)");
            return VoxelDecoder.Read(content, geometry, type, header.BigEndian, rescale, limits);
        }

        if (image is null)
        {
            throw new VolumeFormatException(
                "this is the .hdr half of a NIfTI pair; give the path of the .hdr with its .img beside it, or a single .nii file");
        }

        using var imageFile = FileStart.Of(image);
        using var imageContent = imageFile.IsGzip ? ContentReader.Gzip(imageFile) : ContentReader.Plain(imageFile);
        imageContent.Skip(OffsetOf(header, 0), limits.MaxHeaderBytes, "the part before the voxels (vox_offset)");
        return VoxelDecoder.Read(imageContent, geometry, type, header.BigEndian, rescale, limits);
    }

    /// <summary>
    /// Writes a single-file NIfTI-1, or NIfTI-2 where an axis has more than 32767 voxels. Stored voxels are kept bit for
    /// bit; the rescale goes to scl_slope and scl_inter, the geometry to the sform (code 1) and, unless it is sheared,
    /// to the qform too. NIfTI-1 keeps these numbers in 32-bit floating point. The same volume gives the same bytes.
    /// </summary>
    /// <param name="stream">Left open.</param>
    /// <param name="volume">One scalar volume.</param>
    /// <param name="compress">Whether to write <c>.nii.gz</c> content.</param>
    public static void Write(Stream stream, Volume volume, bool compress = true)
    {
        var size = volume.Geometry.Size;
        var version = Math.Max(size.I, Math.Max(size.J, size.K)) > short.MaxValue ? 2 : 1;
        Write(stream, volume, compress, version);
    }

    internal static void Write(Stream stream, Volume volume, bool compress, int version)
    {
        var header = NiftiHeaderWriter.Encode(volume, version);
        if (compress)
        {
            GzipPieces.Write(stream, header, volume.Data.Span, volume.Geometry.Size.I * volume.Geometry.Size.J * volume.VoxelType.Bytes());
            return;
        }

        stream.Write(header);
        stream.Write(volume.Data.Span);
    }

    private static NiftiHeader ReadHeader(ContentReader content, out int headerBytes)
    {
        Span<byte> bytes = stackalloc byte[NiftiHeader.Size2];
        content.ReadExactly(bytes[..NiftiHeader.Size1], "the NIfTI header");
        headerBytes = NiftiHeaderParser.DeclaredSize(bytes, out var bigEndian);
        if (headerBytes == 0)
        {
            throw new VolumeFormatException(
                $"not a NIfTI file: its first 4 bytes must hold the header size 348 or 540, got {Convert.ToHexString(bytes[..4])}");
        }

        content.ReadExactly(bytes[NiftiHeader.Size1..Math.Max(headerBytes, NiftiHeader.Size1)], "the NIfTI-2 header");
        return NiftiHeaderParser.Parse(bytes[..headerBytes], bigEndian);
    }

    private static VolumeSize SizeOf(NiftiHeader header)
    {
        var dim = header.Dim;
        if (dim[0] is < 2 or > 7)
        {
            throw new VolumeFormatException($"NIfTI dim[0], the number of dimensions, must be 2 to 7, got {dim[0]}");
        }

        for (var n = 4; n <= dim[0]; n++)
        {
            if (dim[n] != 1)
            {
                throw new VolumeFormatException(
                    $"one volume is expected, but NIfTI dim[{n}] is {dim[n]}; take one volume out of the series first");
            }
        }

        return GridSteps.SizeOf(dim[1], dim[2], dim[0] == 2 ? 1 : dim[3], "NIfTI dim[1..3]");
    }

    private static ElementType TypeOf(int code) => code switch
    {
        2 => ElementType.UInt8,
        4 => ElementType.Int16,
        8 => ElementType.Int32,
        16 => ElementType.Float32,
        64 => ElementType.Float64,
        256 => ElementType.Int8,
        512 => ElementType.UInt16,
        768 => ElementType.UInt32,
        1024 => ElementType.Int64,
        1280 => ElementType.UInt64,
        _ => throw new VolumeFormatException(
            $"NIfTI datatype must be an integer or real type of 8 to 64 bits (2, 4, 8, 16, 64, 256, 512, 768, 1024 or 1280), got {code}{NameOf(code)}"),
    };

    private static string NameOf(int code) => code switch
    {
        1 => " (bits)",
        32 or 1792 or 2048 => " (complex numbers)",
        128 or 2304 => " (colours)",
        1536 => " (128-bit reals)",
        _ => "",
    };

    private static Rescale RescaleOf(NiftiHeader header)
    {
        if (header.Slope == 0 || !double.IsFinite(header.Slope))
        {
            return Rescale.Identity;
        }

        return double.IsFinite(header.Intercept)
            ? new Rescale(header.Slope, header.Intercept)
            : throw new VolumeFormatException($"NIfTI scl_inter must be finite beside scl_slope {header.Slope}, got {header.Intercept}");
    }

    private static long OffsetOf(NiftiHeader header, int least)
    {
        var offset = header.VoxelOffset;
        if (offset == 0)
        {
            return least;
        }

        return offset >= least && offset <= long.MaxValue / 2 && offset == Math.Floor(offset)
            ? (long)offset
            : throw new VolumeFormatException(
                $"NIfTI vox_offset, where the voxels start, must be a whole number of at least {least} bytes, or 0 for {least}, got {offset}");
    }
}
