namespace SegBridge.Imaging.Formats;

/// <summary>Turns a plain PNG row into samples of 8 bits, or 16 bits little-endian.</summary>
internal static class PngSamples
{
    public static void Expand(PngHeader header, ReadOnlySpan<byte> row, ReadOnlySpan<byte> palette, Span<byte> samples)
    {
        switch (header)
        {
            case { Colour: PngColour.Palette }:
                LookUp(header, row, palette, samples);
                break;
            case { BitDepth: 8 }:
                row.CopyTo(samples);
                break;
            case { BitDepth: 16 }:
                for (var n = 0; n < samples.Length; n += 2)
                {
                    (samples[n], samples[n + 1]) = (row[n + 1], row[n]);
                }

                break;
            default:
                var most = (1 << header.BitDepth) - 1;
                for (var x = 0; x < header.Width; x++)
                {
                    samples[x] = (byte)(Packed(row, x, header.BitDepth) * 255 / most);
                }

                break;
        }
    }

    private static void LookUp(PngHeader header, ReadOnlySpan<byte> row, ReadOnlySpan<byte> palette, Span<byte> samples)
    {
        for (var x = 0; x < header.Width; x++)
        {
            var entry = Packed(row, x, header.BitDepth);
            if ((3 * entry) + 3 > palette.Length)
            {
                throw new VolumeFormatException($"a pixel of the PNG has colour {entry}, but its palette has only {palette.Length / 3} colours");
            }

            palette.Slice(3 * entry, 3).CopyTo(samples[(3 * x)..]);
        }
    }

    // Pixels of fewer than 8 bits are packed from the high bits down.
    private static int Packed(ReadOnlySpan<byte> row, int x, int bits)
    {
        var bit = (long)x * bits;
        return (row[(int)(bit >> 3)] >> (8 - bits - (int)(bit & 7))) & ((1 << bits) - 1);
    }
}
