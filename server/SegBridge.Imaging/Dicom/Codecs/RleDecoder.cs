using System.Buffers.Binary;
using SegBridge.Imaging.Formats;

namespace SegBridge.Imaging.Dicom;

/// <summary>
/// RLE Lossless (PS3.5 annex G): a header of 64 bytes, then one segment of packed runs for each byte of each sample,
/// the most significant byte first.
/// </summary>
internal static class RleDecoder
{
    private const int HeaderBytes = 64;

    public static void Decode(ReadOnlySpan<byte> compressed, FrameShape shape, Span<byte> destination)
    {
        var segments = shape.Samples * shape.SampleBytes;
        if (compressed.Length < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(compressed) != segments)
        {
            throw new VolumeFormatException(
                $"an RLE frame of {shape.Samples} samples of {shape.BitsAllocated} bits must start with a header of {segments} segments, and does not");
        }

        for (var segment = 0; segment < segments; segment++)
        {
            var start = SegmentOffset(compressed, segment);
            var end = segment + 1 < segments ? SegmentOffset(compressed, segment + 1) : (uint)compressed.Length;
            if (start < HeaderBytes || end < start || end > compressed.Length)
            {
                throw new VolumeFormatException($"RLE segment {segment + 1} must lie within the frame's {compressed.Length} bytes, and does not");
            }

            var (sample, fromHighest) = Math.DivRem(segment, shape.SampleBytes);
            var offset = (sample * shape.SampleBytes) + shape.SampleBytes - 1 - fromHighest;
            Unpack(compressed[(int)start..(int)end], destination[offset..], segments);
        }
    }

    private static uint SegmentOffset(ReadOnlySpan<byte> header, int segment) =>
        BinaryPrimitives.ReadUInt32LittleEndian(header[(4 + (4 * segment))..]);

    /// <summary>Writes every <paramref name="step"/>-th byte.</summary>
    private static void Unpack(ReadOnlySpan<byte> packed, Span<byte> destination, int step)
    {
        var written = 0;
        while (written < destination.Length)
        {
            if (packed.Length < 2)
            {
                throw new VolumeFormatException("an RLE segment is cut off");
            }

            var control = (sbyte)packed[0];
            if (control >= 0)
            {
                var literal = packed[1..Math.Min(packed.Length, control + 2)];
                foreach (var value in literal)
                {
                    if (written >= destination.Length)
                    {
                        return;
                    }

                    destination[written] = value;
                    written += step;
                }

                packed = packed[(1 + literal.Length)..];
            }
            else if (control == -128)
            {
                packed = packed[1..];
            }
            else
            {
                for (var left = 1 - control; left > 0 && written < destination.Length; left--, written += step)
                {
                    destination[written] = packed[1];
                }

                packed = packed[2..];
            }
        }
    }
}
