using SegBridge.Imaging.Formats;

namespace SegBridge.Imaging.Dicom;

/// <summary>A Huffman table of JPEG (T.81 annex C): codes of up to 16 bits for the lengths of differences.</summary>
internal sealed class HuffmanTable
{
    private const int MaxBits = 16;

    // For each 16 bits that may come next: the symbol, and the bits of its code in the upper half; 0 for no code.
    private readonly ushort[] _lookup = new ushort[1 << MaxBits];

    /// <param name="counts">16 numbers: how many codes have 1, 2, … 16 bits.</param>
    /// <param name="symbols">In the order of their codes.</param>
    public HuffmanTable(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        int code = 0, next = 0;
        for (var bits = 1; bits <= MaxBits; bits++, code <<= 1)
        {
            for (var n = 0; n < counts[bits - 1]; n++, code++, next++)
            {
                if (code >= 1 << bits || symbols[next] > MaxBits)
                {
                    throw new VolumeFormatException("a Huffman table of the lossless JPEG frame is corrupt");
                }

                _lookup.AsSpan(code << (MaxBits - bits), 1 << (MaxBits - bits)).Fill((ushort)((bits << 8) | symbols[next]));
            }
        }
    }

    /// <summary>The next difference (T.81 section H.1.2.2).</summary>
    public int ReadDifference(ref JpegBits bits)
    {
        var entry = _lookup[bits.Peek16()];
        if (entry == 0)
        {
            throw new VolumeFormatException("the lossless JPEG frame is corrupt: it has a code that its tables lack");
        }

        bits.Skip(entry >> 8);
        var length = entry & 0xFF;
        if (length == 0)
        {
            return 0;
        }

        if (length == MaxBits)
        {
            return 1 << 15;
        }

        var value = bits.Take(length);
        return value < 1 << (length - 1) ? value - (1 << length) + 1 : value;
    }
}

/// <summary>The entropy-coded bits between two markers of a JPEG stream.</summary>
internal ref struct JpegBits(ReadOnlySpan<byte> bytes)
{
    // Past a marker zeros come, as many as a last code may look ahead.
    private const int MaxBeyond = 4;

    private ReadOnlySpan<byte> _bytes = bytes;
    private ulong _bits;
    private int _count;
    private int _beyond;

    public int Peek16()
    {
        Fill();
        return (int)(_bits >> (_count - 16)) & 0xFFFF;
    }

    public void Skip(int count) => _count -= count;

    public int Take(int count)
    {
        Fill();
        _count -= count;
        return (int)(_bits >> _count) & ((1 << count) - 1);
    }

    /// <summary>Goes on behind the restart marker that must come next.</summary>
    public void Restart()
    {
        if (_bytes is not [0xFF, >= 0xD0 and <= 0xD7, ..])
        {
            throw new VolumeFormatException("the lossless JPEG frame is corrupt: a restart marker is missing");
        }

        this = new JpegBits(_bytes[2..]);
    }

    private void Fill()
    {
        while (_count <= 48)
        {
            byte next = 0;
            if (_bytes is [not 0xFF, ..])
            {
                next = _bytes[0];
                _bytes = _bytes[1..];
            }
            else if (_bytes is [0xFF, 0, ..])
            {
                next = 0xFF;
                _bytes = _bytes[2..];
            }
            else
            {
                _beyond++;
            }

            _bits = (_bits << 8) | next;
            _count += 8;
        }

        if (_beyond > 0 && _count < (8 * _beyond) - (8 * MaxBeyond))
        {
            throw new VolumeFormatException("the lossless JPEG frame is cut off");
        }
    }
}
