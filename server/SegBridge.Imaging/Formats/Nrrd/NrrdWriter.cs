using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using SegBridge.Imaging.Compression;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Formats;

/// <summary>Writes <see cref="NrrdFile.Write"/>'s NRRD0004.</summary>
internal static class NrrdWriter
{
    public static void Write(Stream stream, Volume volume, IEnumerable<KeyValuePair<string, string>> keyValues, bool compress)
    {
        stream.Write(Encoding.UTF8.GetBytes(HeaderOf(volume, keyValues, compress)));
        if (volume.Rescale.IsIdentity && compress)
        {
            GzipPieces.Write(stream, [], volume.Data.Span, volume.Geometry.Size.I * volume.Geometry.Size.J * volume.VoxelType.Bytes());
            return;
        }

        using var gzip = compress ? new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true) : null;
        var target = gzip ?? stream;
        if (volume.Rescale.IsIdentity)
        {
            target.Write(volume.Data.Span);
        }
        else
        {
            WriteValues(target, volume);
        }
    }

    private static string HeaderOf(Volume volume, IEnumerable<KeyValuePair<string, string>> keyValues, bool compress)
    {
        var (size, steps) = (volume.Geometry.Size, GridSteps.Of(volume.Geometry));
        var type = volume.Rescale.IsIdentity ? volume.VoxelType : VoxelType.Float32;
        var origin = steps.Origin;
        var header = new StringBuilder()
            .Append("NRRD0004\n")
            .Append(CultureInfo.InvariantCulture, $"type: {NameOf(type)}\n")
            .Append("dimension: 3\n")
            .Append("space: left-posterior-superior\n")
            .Append(CultureInfo.InvariantCulture, $"sizes: {size.I} {size.J} {size.K}\n")
            .Append(CultureInfo.InvariantCulture, $"space directions: {Vector(steps.I)} {Vector(steps.J)} {Vector(steps.K)}\n")
            .Append("kinds: domain domain domain\n")
            .Append("space units: \"mm\" \"mm\" \"mm\"\n")
            .Append("endian: little\n")
            .Append(CultureInfo.InvariantCulture, $"encoding: {(compress ? "gzip" : "raw")}\n")
            .Append(CultureInfo.InvariantCulture, $"space origin: {Vector(new LpsVector(origin.L, origin.P, origin.S))}\n");
        foreach (var (key, value) in keyValues)
        {
            RequireKey(key);
            header.Append(Escape(key)).Append(":=").Append(Escape(value)).Append('\n');
        }

        return header.Append('\n').ToString();
    }

    private static void WriteValues(Stream stream, Volume volume)
    {
        var size = volume.Geometry.Size;
        var slice = new float[size.I * size.J];
        for (var k = 0; k < size.K; k++)
        {
            volume.ReadBox(new VoxelBox(new Ijk(0, 0, k), new Ijk(size.I, size.J, k + 1)), slice);
            stream.Write(MemoryMarshal.AsBytes(slice.AsSpan()));
        }
    }

    private static string Vector(LpsVector v) =>
        string.Create(CultureInfo.InvariantCulture, $"({v.L:R},{v.P:R},{v.S:R})");

    private static void RequireKey(string key)
    {
        if (key.Length == 0 || key[0] == '#' || key.AsSpan().ContainsAny('\n', '\r')
            || key.Contains(":=", StringComparison.Ordinal) || key.Contains(": ", StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"a NRRD key must not be empty, start with # or hold a line break, \":=\" or \": \", got \"{NrrdText.Quote(key)}\"", nameof(key));
        }
    }

    // A carriage return at the end of a line would be taken for a part of the line end.
    private static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\r\n", "\n", StringComparison.Ordinal)
        .Replace('\r', '\n')
        .Replace("\n", "\\n", StringComparison.Ordinal);

    private static string NameOf(VoxelType type) => type switch
    {
        VoxelType.UInt8 => "unsigned char",
        VoxelType.Int8 => "signed char",
        VoxelType.UInt16 => "unsigned short",
        VoxelType.Int16 => "short",
        VoxelType.UInt32 => "unsigned int",
        VoxelType.Int32 => "int",
        VoxelType.Float32 => "float",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a voxel type"),
    };
}
