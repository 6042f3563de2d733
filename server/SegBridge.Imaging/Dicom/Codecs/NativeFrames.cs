namespace SegBridge.Imaging.Dicom;

/// <summary>Pixels that are not compressed; all frames are known to be there.</summary>
internal static class NativeFrames
{
    public static void Read(IByteBuffer value, int frame, DicomPixelData pixels, Span<byte> destination)
    {
        if (pixels.BitsAllocated == 1)
        {
            ReadBits(value, frame, pixels, destination);
            return;
        }

        if (pixels.SamplesPerPixel == 1 || pixels.PlanarConfiguration == 0)
        {
            value.CopyTo((long)frame * pixels.FrameBytes, destination);
            return;
        }

        var planes = new byte[pixels.FrameBytes];
        value.CopyTo((long)frame * pixels.FrameBytes, planes);
        Interleave(planes, pixels.SamplesPerPixel, pixels.Shape.SampleBytes, destination);
    }

    /// <summary>Bits follow each other over the ends of frames, the least significant of each byte first.</summary>
    private static void ReadBits(IByteBuffer value, int frame, DicomPixelData pixels, Span<byte> destination)
    {
        var count = (long)pixels.Rows * pixels.Columns;
        var first = count * frame;
        var packed = new byte[((first + count + 7) / 8) - (first / 8)];
        value.CopyTo(first / 8, packed);
        var shift = (int)(first % 8);
        for (var n = 0; n < destination.Length; n++)
        {
            var bit = n + shift;
            destination[n] = (byte)((packed[bit >> 3] >> (bit & 7)) & 1);
        }
    }

    /// <summary>From one plane for each sample to the samples of each pixel together.</summary>
    public static void Interleave(ReadOnlySpan<byte> planes, int samples, int sampleBytes, Span<byte> destination)
    {
        var planeBytes = planes.Length / samples;
        for (var sample = 0; sample < samples; sample++)
        {
            var plane = planes.Slice(sample * planeBytes, planeBytes);
            for (var n = 0; n < planeBytes; n++)
            {
                destination[(((n / sampleBytes * samples) + sample) * sampleBytes) + (n % sampleBytes)] = plane[n];
            }
        }
    }
}
