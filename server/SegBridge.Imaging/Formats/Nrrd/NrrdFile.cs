using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Formats;

/// <summary>
/// NRRD files, versions 1 to 5, of one scalar volume: raw or gzip, attached or detached header, any endianness.
/// <list type="bullet">
/// <item>The fastest spatial axis becomes I. Axes that are not spatial must have size 1.</item>
/// <item>A header with space directions must name its space: left-posterior-superior, right-anterior-superior or
/// left-anterior-superior. "space dimension: 3" alone is refused, since left and right could be mistaken.</item>
/// <item>A header without space directions lies along the axes of its space, LPS where it names none, with its
/// spacings, or 1 mm where it has none.</item>
/// <item>The voxels of a detached header must lie in one file beside it.</item>
/// </list>
/// </summary>
public static class NrrdFile
{
    /// <summary>Reads the volume; see <see cref="ReadWithKeyValues"/>.</summary>
    public static Volume Read(Stream stream, ReadLimits? limits = null, Func<string, Stream>? openDataFile = null) =>
        ReadWithKeyValues(stream, limits, openDataFile).Volume;

    /// <summary>Reads one scalar volume and the key/value pairs of its header.</summary>
    /// <param name="stream">The <c>.nrrd</c> or <c>.nhdr</c> file, read from its position; left open.</param>
    /// <param name="limits">Null: <see cref="ReadLimits.Default"/>.</param>
    /// <param name="openDataFile">
    /// Opens the data file that a detached header names; the name comes from the file and is not to be trusted. The
    /// stream is disposed here. Null: detached headers are refused.
    /// </param>
    /// <returns>
    /// Voxels as stored, without rescale. 64-bit types are narrowed as <see cref="NiftiFile.Read"/> does.
    /// </returns>
    /// <exception cref="VolumeFormatException">
    /// Malformed, cut off, larger than the limits, or of a kind that is not one scalar volume.
    /// </exception>
    public static NrrdContent ReadWithKeyValues(
        Stream stream, ReadLimits? limits = null, Func<string, Stream>? openDataFile = null)
    {
        limits ??= ReadLimits.Default;
        using var file = FileStart.Of(stream);
        using var text = ContentReader.Plain(file);
        var header = NrrdHeaderParser.Parse(text, limits.MaxHeaderBytes);
        var type = NrrdTypes.Of(header.Required("type"));
        var isGzip = IsGzip(header.Required("encoding"));
        var bigEndian = IsBigEndian(header, type);
        var (size, steps) = NrrdAxes.Of(header);
        VoxelDecoder.RequireWithin(limits, size, type);
        var geometry = steps.ToGeometry(size, "the NRRD axes");

        using var dataFile = DataFileOf(header, openDataFile);
        var voxels = NrrdVoxels.Open(header, dataFile ?? file, isGzip, geometry.Size.VoxelCount * type.StoredBytes(), limits);
        using (voxels)
        {
            return new NrrdContent(
                VoxelDecoder.Read(voxels, geometry, type, bigEndian, Rescale.Identity, limits), header.KeyValues);
        }
    }

    /// <summary>
    /// Writes NRRD0004, little-endian, space LPS, exact to the last bit of its numbers. Voxels keep their
    /// type; where the volume has a rescale, which NRRD cannot say, real values are written as 32-bit floating point.
    /// </summary>
    /// <param name="stream">Left open.</param>
    /// <param name="volume">One scalar volume.</param>
    /// <param name="keyValues">
    /// Own entries of the header, such as <see cref="SlicerSegment.KeyValues"/>. Line breaks in a value become \n.
    /// </param>
    /// <param name="compress">With gzip; otherwise raw.</param>
    /// <exception cref="ArgumentException">A key is empty, starts with "#", or holds a line break, ":=" or ": ".</exception>
    public static void Write(Stream stream, Volume volume, IEnumerable<KeyValuePair<string, string>>? keyValues = null, bool compress = true) =>
        NrrdWriter.Write(stream, volume, keyValues ?? [], compress);

    private static bool IsGzip(string encoding) => encoding.ToUpperInvariant() switch
    {
        "RAW" => false,
        "GZIP" or "GZ" => true,
        _ => throw new VolumeFormatException(
            $"NRRD \"encoding\" must be raw or gzip, got \"{NrrdText.Quote(encoding)}\"; save the file again with one of them"),
    };

    private static bool IsBigEndian(NrrdHeader header, ElementType type)
    {
        var endian = type.StoredBytes() == 1 ? header["endian"] ?? "little" : header.Required("endian");
        return endian.ToUpperInvariant() switch
        {
            "LITTLE" => false,
            "BIG" => true,
            _ => throw new VolumeFormatException($"NRRD \"endian\" must be little or big, got \"{NrrdText.Quote(endian)}\""),
        };
    }

    private static Stream? DataFileOf(NrrdHeader header, Func<string, Stream>? open)
    {
        if (header["data file"] is not { } name)
        {
            return null;
        }

        if (name.StartsWith("LIST", StringComparison.OrdinalIgnoreCase) || name.Contains('%', StringComparison.Ordinal))
        {
            throw new VolumeFormatException(
                $"NRRD \"data file\" must name one file, got \"{NrrdText.Quote(name)}\"; join the slices into one file first");
        }

        return open is null
            ? throw new VolumeFormatException("this NRRD header keeps its voxels in another file; give its path, so that the file can be found beside it")
            : open(name);
    }
}
