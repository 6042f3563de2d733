using SegBridge.Imaging.Formats;

namespace SegBridge.Imaging.Dicom;

/// <summary>What a decoder must make: the Image Pixel module in short.</summary>
internal sealed record FrameShape(int Rows, int Columns, int Samples, int BitsAllocated, int BitsStored, bool IsSigned, int HighBit)
{
    /// <summary>Bytes of one decoded sample.</summary>
    public int SampleBytes => Math.Max(1, BitsAllocated / 8);

    public long LongBytes => (long)Rows * Columns * Samples * SampleBytes;

    public int Bytes => checked((int)LongBytes);

    public static FrameShape Of(DicomDataset dataset)
    {
        var bitsAllocated = dataset.GetInt(DicomTag.BitsAllocated);
        var bitsStored = dataset.GetIntOrNull(DicomTag.BitsStored) ?? bitsAllocated;
        var shape = new FrameShape(
            dataset.GetInt(DicomTag.Rows),
            dataset.GetInt(DicomTag.Columns),
            dataset.GetIntOrNull(DicomTag.SamplesPerPixel) ?? 1,
            bitsAllocated,
            bitsStored,
            dataset.GetIntOrNull(DicomTag.PixelRepresentation) == 1,
            dataset.GetIntOrNull(DicomTag.HighBit) ?? (bitsStored - 1));
        if (shape.Rows is < 1 or > 65535 || shape.Columns is < 1 or > 65535)
        {
            throw new VolumeFormatException($"a frame must have 1 to 65535 rows and columns, got {shape.Rows} rows and {shape.Columns} columns");
        }

        if (shape.Samples is not (1 or 3 or 4))
        {
            throw new VolumeFormatException($"a pixel must have 1, 3 or 4 samples, got {shape.Samples}");
        }

        if (bitsAllocated is not (1 or 8 or 16 or 32) || shape.BitsStored < 1 || shape.BitsStored > bitsAllocated || (bitsAllocated == 1 && shape.Samples > 1))
        {
            throw new VolumeFormatException(
                $"pixels must have 1, 8, 16 or 32 bits allocated and at most as many stored, got {bitsAllocated} allocated and {shape.BitsStored} stored");
        }

        return shape;
    }

    /// <summary>Refuses a compressed frame whose own header does not fit.</summary>
    public void Require(long rows, long columns, int samples, int bits, string codec)
    {
        if (rows != Rows || columns != Columns || samples != Samples || bits < 1 || bits > BitsAllocated)
        {
            throw new VolumeFormatException(
                $"the {codec} frame must have {Columns}×{Rows} pixels of {Samples} samples and at most {BitsAllocated} bits, got {columns}×{rows} of {samples} and {bits} bits");
        }
    }
}
