using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using SegBridge.Cli.CommandLine;

namespace SegBridge.Cli.Cases.Given;

/// <summary>An array of numbers as NumPy saves it (<c>.npy</c>): C-order; bool, unsigned bytes, 32- and 64-bit floats.</summary>
internal sealed partial record NpyArray(IReadOnlyList<int> Shape, float[] Values)
{
    private const int MaxValues = 1 << 26;
    private static readonly byte[] Magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <exception cref="UserException">It is no such array.</exception>
    public static NpyArray Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var name = Path.GetFileName(path);
        if (bytes.Length < 12 || !bytes.AsSpan(0, 6).SequenceEqual(Magic))
        {
            throw new UserException($"{name} is no NumPy array; numpy.save writes one");
        }

        // Version 1 has a length of two bytes, later ones of four.
        var start = bytes[6] == 1 ? 10 : 12;
        var length = bytes[6] == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8)) : BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(8));
        if (length < 0 || length > bytes.Length - start)
        {
            throw new UserException($"{name} ends within its header");
        }

        var header = Encoding.ASCII.GetString(bytes, start, length);
        var (type, shape) = (TypePattern().Match(header).Groups[1].Value, ShapePattern().Match(header).Groups[1].Value);
        if (header.Contains("'fortran_order': True", StringComparison.Ordinal))
        {
            throw new UserException($"{name} is in Fortran order; save numpy.ascontiguousarray of it");
        }

        var sides = shape.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(side => int.TryParse(side, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= MaxValues ? number : 0).ToArray();
        var count = sides.Aggregate(1L, (product, side) => Math.Min(product * side, MaxValues + 1L));
        var size = type switch { "|b1" or "|u1" => 1, "<f4" => 4, "<f8" => 8, _ => throw new UserException($"{name} has numbers of type \"{type}\"; save it as bool, uint8, float32 or float64") };
        if (count is 0 or > MaxValues || bytes.Length - start - length < count * size)
        {
            throw new UserException($"{name} has no {(shape.Length == 0 ? "shape" : $"({shape}) values")} of {size} byte(s) each");
        }

        var data = bytes.AsMemory(start + length);
        return new NpyArray(sides, [.. Enumerable.Range(0, (int)count).Select(n => size switch
        {
            1 => data.Span[n],
            4 => BinaryPrimitives.ReadSingleLittleEndian(data.Span[(4 * n)..]),
            _ => (float)BinaryPrimitives.ReadDoubleLittleEndian(data.Span[(8 * n)..]),
        })]);
    }

    [GeneratedRegex(@"'descr':\s*'([^']*)'")]
    private static partial Regex TypePattern();

    [GeneratedRegex(@"'shape':\s*\(([^)]*)\)")]
    private static partial Regex ShapePattern();
}
