using SegBridge.Imaging.Formats;

namespace SegBridge.Imaging.Dicom;

/// <summary>The one scan of a lossless JPEG frame.</summary>
/// <param name="Tables">One for each sample of a pixel.</param>
/// <param name="Predictor">1 to 7 (T.81 table H.1).</param>
/// <param name="PointTransform">Low bits that were dropped.</param>
/// <param name="Precision">Bits of a sample.</param>
/// <param name="Restart">Pixels between restart markers; 0 for none.</param>
internal sealed record JpegLosslessScan(HuffmanTable[] Tables, int Predictor, int PointTransform, int Precision, int Restart)
{
    public void Decode(ReadOnlySpan<byte> entropyCoded, FrameShape shape, Span<byte> destination)
    {
        var (columns, samples) = (shape.Columns, shape.Samples);
        if (Restart % columns != 0)
        {
            throw new VolumeFormatException($"a restart interval of lossless JPEG must be whole rows of {columns} pixels, got {Restart}");
        }

        var bits = new JpegBits(entropyCoded);
        var (row, above) = (new ushort[columns * samples], new ushort[columns * samples]);
        var rowsPerRestart = Restart / columns;
        for (var r = 0; r < shape.Rows; r++)
        {
            var isFirst = r == 0;
            if (rowsPerRestart > 0 && r > 0 && r % rowsPerRestart == 0)
            {
                bits.Restart();
                isFirst = true;
            }

            DecodeRow(ref bits, row, above, samples, isFirst);
            Store(row, shape.SampleBytes, destination.Slice(r * columns * samples * shape.SampleBytes, columns * samples * shape.SampleBytes));
            (row, above) = (above, row);
        }
    }

    private void DecodeRow(ref JpegBits bits, Span<ushort> row, ReadOnlySpan<ushort> above, int samples, bool isFirst)
    {
        var initial = 1 << (Precision - PointTransform - 1);
        for (var sample = 0; sample < samples; sample++)
        {
            var prediction = isFirst ? initial : above[sample];
            row[sample] = (ushort)(prediction + Tables[sample].ReadDifference(ref bits));
        }

        for (var n = samples; n < row.Length; n++)
        {
            int left = row[n - samples];
            var prediction = isFirst ? left : Predict(left, above[n], above[n - samples]);
            row[n] = (ushort)(prediction + Tables[n % samples].ReadDifference(ref bits));
        }
    }

    private int Predict(int a, int b, int c) => Predictor switch
    {
        1 => a,
        2 => b,
        3 => c,
        4 => a + b - c,
        5 => a + ((b - c) >> 1),
        6 => b + ((a - c) >> 1),
        _ => (a + b) >> 1,
    };

    private void Store(ReadOnlySpan<ushort> row, int sampleBytes, Span<byte> destination)
    {
        for (var n = 0; n < row.Length; n++)
        {
            var value = row[n] << PointTransform;
            destination[n * sampleBytes] = (byte)value;
            if (sampleBytes == 2)
            {
                destination[(2 * n) + 1] = (byte)(value >> 8);
            }
        }
    }
}
