using System.Numerics;

namespace SegBridge.Imaging.Masks;

/// <summary>The bits of one slice along k; rows along i are padded to whole 64-bit words.</summary>
internal sealed class MaskPlane
{
    private readonly byte[] _bits;
    private readonly int _rowBytes;
    private (int LowI, int EndI, int LowJ, int EndJ)? _extent;

    public MaskPlane(int columns, int rows)
    {
        _rowBytes = (columns + BitSpan.WordBits - 1) / BitSpan.WordBits * sizeof(ulong);
        _bits = new byte[_rowBytes * rows];
    }

    public ReadOnlySpan<byte> Bits => _bits;

    /// <summary>Number of set bits.</summary>
    public long Count { get; private set; }

    /// <summary>The smallest rectangle of the set bits, zeros when there are none; kept until the next write.</summary>
    public (int LowI, int EndI, int LowJ, int EndJ) Extent => _extent ??= FindExtent();

    public int BitOf(int i, int j) => (j * _rowBytes * 8) + i;

    /// <summary>64 bits from (i, j) on; those beyond the row's end are of the next row.</summary>
    public ulong Load(int i, int j) => BitSpan.Load(_bits, BitOf(i, j));

    /// <summary>Sets bits of a row and returns by how much the number of set bits grew.</summary>
    public int Store(int i, int j, int count, ulong word)
    {
        var old = Load(i, j) & BitSpan.Mask(count);
        if (old == word)
        {
            return 0;
        }

        BitSpan.Store(_bits, BitOf(i, j), count, word);
        var growth = BitOperations.PopCount(word) - BitOperations.PopCount(old);
        Count += growth;
        _extent = null;
        return growth;
    }

    private (int LowI, int EndI, int LowJ, int EndJ) FindExtent()
    {
        var first = _bits.AsSpan().IndexOfAnyExcept((byte)0);
        if (first < 0)
        {
            return default;
        }

        var lowJ = first / _rowBytes;
        var endJ = (_bits.AsSpan().LastIndexOfAnyExcept((byte)0) / _rowBytes) + 1;
        var columns = new byte[_rowBytes];
        for (var j = lowJ; j < endJ; j++)
        {
            BitSpan.Or(_bits.AsSpan(j * _rowBytes, _rowBytes), columns);
        }

        var (lowI, endI) = BitSpan.Extent(columns);
        return (lowI, endI, lowJ, endJ);
    }
}
