using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Formats;

namespace SegBridge.Imaging.Tests.Dicom;

/// <summary>Lossless JPEG by a small encoder of the tests' own: what the files of other tools do not have.</summary>
public sealed class JpegLosslessTests
{
    private const int CodeBits = 5;

    [Fact]
    public void All_predictors_precisions_transforms_and_restarts_come_back()
    {
        Seeded.ForAll(
            random =>
            {
                var (precision, samples) = (random.Next(2, 17), random.Next(3) == 0 ? 3 : 1);
                var (rows, columns) = (random.Next(1, 9), random.Next(1, 9));
                var transform = random.Next(3) == 0 ? random.Next(precision) : 0;
                var values = Enumerable.Range(0, rows * columns * samples).Select(_ => random.Next(1 << precision) >> transform << transform).ToArray();
                var restartRows = random.Next(3) == 0 ? random.Next(1, rows + 1) : 0;
                var encoded = Encode(values, rows, columns, samples, precision, random.Next(1, 8), transform, restartRows);
                var shape = new FrameShape(rows, columns, samples, 16, precision, false, precision - 1);
                var decoded = new byte[shape.Bytes];
                JpegLosslessDecoder.Decode(encoded, shape, decoded);
                Assert.Equal(values, Enumerable.Range(0, values.Length).Select(n => (int)BitConverter.ToUInt16(decoded, 2 * n)));

                // Cut off anywhere, it is refused or, without its last bits and end marker, still whole.
                try
                {
                    JpegLosslessDecoder.Decode(encoded.AsSpan(0, random.Next(encoded.Length)), shape, decoded);
                }
                catch (VolumeFormatException)
                {
                }
            },
            cases: 400);
    }

    private static byte[] Encode(int[] values, int rows, int columns, int samples, int precision, int predictor, int transform, int restartRows)
    {
        List<byte> file = [0xFF, 0xD8];
        Segment(file, 0xC3, [(byte)precision, 0, (byte)rows, 0, (byte)columns, (byte)samples, .. Enumerable.Range(1, samples).SelectMany(n => new byte[] { (byte)n, 0x11, 0 })]);
        // 17 symbols, each with a code of 5 bits that is its own number.
        Segment(file, 0xC4, [0, 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. Enumerable.Range(0, 17).Select(n => (byte)n)]);
        if (restartRows > 0)
        {
            var interval = restartRows * columns;
            Segment(file, 0xDD, [(byte)(interval >> 8), (byte)interval]);
        }

        Segment(file, 0xDA, [(byte)samples, .. Enumerable.Range(1, samples).SelectMany(n => new byte[] { (byte)n, 0 }), (byte)predictor, 0, (byte)transform]);
        var bits = new List<bool>();
        for (var r = 0; r < rows; r++)
        {
            var isFirst = r == 0 || (restartRows > 0 && r % restartRows == 0);
            if (r > 0 && isFirst)
            {
                Flush(file, bits);
                file.AddRange([0xFF, (byte)(0xD0 + (((r / restartRows) - 1) % 8))]);
            }

            for (var n = 0; n < columns * samples; n++)
            {
                int At(int row, int column) => values[(row * columns * samples) + column] >> transform;
                var predicted = (isFirst, n < samples) switch
                {
                    (true, true) => 1 << (precision - transform - 1),
                    (true, false) => At(r, n - samples),
                    (false, true) => At(r - 1, n),
                    _ => Predict(predictor, At(r, n - samples), At(r - 1, n), At(r - 1, n - samples)),
                };
                Put(bits, (short)(At(r, n) - predicted));
            }
        }

        Flush(file, bits);
        return [.. file, 0xFF, 0xD9];
    }

    private static int Predict(int predictor, int a, int b, int c) => predictor switch
    {
        1 => a,
        2 => b,
        3 => c,
        4 => a + b - c,
        5 => a + ((b - c) >> 1),
        6 => b + ((a - c) >> 1),
        _ => (a + b) / 2,
    };

    private static void Put(List<bool> bits, short difference)
    {
        var length = difference == short.MinValue ? 16 : difference == 0 ? 0 : int.Log2(Math.Abs((int)difference)) + 1;
        Add(length, CodeBits);
        if (length is > 0 and < 16)
        {
            Add(difference > 0 ? difference : difference + (1 << length) - 1, length);
        }

        void Add(int value, int count)
        {
            for (var bit = count - 1; bit >= 0; bit--)
            {
                bits.Add(((value >> bit) & 1) != 0);
            }
        }
    }

    private static void Flush(List<byte> file, List<bool> bits)
    {
        while (bits.Count % 8 != 0)
        {
            bits.Add(true);
        }

        foreach (var eight in bits.Chunk(8))
        {
            var value = eight.Aggregate(0, (sum, bit) => (sum << 1) | (bit ? 1 : 0));
            file.Add((byte)value);
            if (value == 0xFF)
            {
                file.Add(0);
            }
        }

        bits.Clear();
    }

    private static void Segment(List<byte> file, byte marker, byte[] content) =>
        file.AddRange([0xFF, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content]);
}
