using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace SegBridge.Imaging.Formats.Numpy;

/// <summary>Reads arrays as NumPy saves them (<c>.npy</c>, versions 1 to 3); pickled objects are refused.</summary>
public static partial class NpyFile
{
    private const int MaxAxes = 8;
    private const int MaxHeaderBytes = 64 << 10;
    private static readonly byte[] Magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads an array from where the stream is; what follows it is left alone.</summary>
    /// <param name="stream">Stays open.</param>
    /// <param name="isGzip">The file is inside gzip.</param>
    /// <param name="reserve">Told of the bytes of the array's elements before memory is taken for them; refuses by an exception.</param>
    /// <param name="cancellation">Gives the reading up.</param>
    /// <exception cref="VolumeFormatException">It is no such array.</exception>
    public static async Task<NumpyArray> ReadAsync(Stream stream, bool isGzip, Action<long> reserve, CancellationToken cancellation)
    {
        await using var inflated = isGzip ? new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true) : null;
        var content = inflated ?? stream;
        try
        {
            var header = await ReadHeaderAsync(content, cancellation);
            var type = NumpyType.OfDescription(TypePattern().Match(header).Groups[1].Value);
            var shape = ShapeIn(header);
            var bytes = NumpyArray.BytesOf(type, shape);
            reserve(bytes);
            var data = GC.AllocateUninitializedArray<byte>(checked((int)bytes));
            await content.ReadExactlyAsync(data, cancellation);
            return FortranPattern().IsMatch(header)
                ? new NumpyArray(type, shape, InCOrder(data, shape, type.Bytes))
                : new NumpyArray(type, shape, data);
        }
        catch (Exception end) when (end is EndOfStreamException or InvalidDataException)
        {
            throw new VolumeFormatException("the array is cut off, or its compressed form is corrupt", end);
        }
    }

    private static async Task<string> ReadHeaderAsync(Stream content, CancellationToken cancellation)
    {
        var start = new byte[12];
        await content.ReadExactlyAsync(start.AsMemory(0, 10), cancellation);
        if (!start.AsSpan(0, 6).SequenceEqual(Magic) || start[6] is < 1 or > 3)
        {
            throw new VolumeFormatException("the file is no array of NumPy (.npy, version 1 to 3)");
        }

        var length = (uint)BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(8));
        if (start[6] > 1)
        {
            await content.ReadExactlyAsync(start.AsMemory(10), cancellation);
            length = BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(8));
        }

        if (length > MaxHeaderBytes)
        {
            throw new VolumeFormatException($"the header of an array must have at most {MaxHeaderBytes} bytes, got {length}");
        }

        var header = new byte[length];
        await content.ReadExactlyAsync(header, cancellation);
        return Encoding.Latin1.GetString(header);
    }

    private static int[] ShapeIn(string header)
    {
        var match = ShapePattern().Match(header);
        var sides = match.Groups[1].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var shape = sides.Select(side => int.TryParse(side, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1).ToArray();
        return match.Success && shape.Length <= MaxAxes && shape.All(side => side >= 0)
            ? shape
            : throw new VolumeFormatException($"the header of the array must name its shape, at most {MaxAxes} numbers of elements");
    }

    // The first index runs fastest in the file; it is moved to the place where the last one runs fastest.
    private static byte[] InCOrder(byte[] data, int[] shape, int width)
    {
        var moved = new byte[data.Length];
        var index = new int[shape.Length];
        for (var from = 0; from < data.Length; from += width)
        {
            var to = 0;
            for (var axis = 0; axis < shape.Length; axis++)
            {
                to = (to * shape[axis]) + index[axis];
            }

            data.AsSpan(from, width).CopyTo(moved.AsSpan(to * width));
            for (var axis = 0; axis < shape.Length && ++index[axis] == shape[axis]; axis++)
            {
                index[axis] = 0;
            }
        }

        return moved;
    }

    [GeneratedRegex(@"'descr':\s*'([^']*)'")]
    private static partial Regex TypePattern();

    [GeneratedRegex(@"'fortran_order':\s*True")]
    private static partial Regex FortranPattern();

    [GeneratedRegex(@"'shape':\s*\(([0-9,\s]*)\)")]
    private static partial Regex ShapePattern();
}
