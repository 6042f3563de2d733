using System.Buffers.Binary;

namespace SegBridge.Imaging.Formats;

/// <summary>Decodes the bytes of a NIfTI-1 or NIfTI-2 header of either endianness, without judging the values.</summary>
internal ref struct NiftiHeaderParser
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly bool _bigEndian;

    private NiftiHeaderParser(ReadOnlySpan<byte> bytes, bool bigEndian)
    {
        _bytes = bytes;
        _bigEndian = bigEndian;
    }

    /// <summary>The size in bytes that the first four bytes declare: 348 or 540, or 0 where it is no NIfTI header.</summary>
    public static int DeclaredSize(ReadOnlySpan<byte> start, out bool bigEndian)
    {
        bigEndian = false;
        if (start.Length < sizeof(int))
        {
            return 0;
        }

        var size = BinaryPrimitives.ReadInt32LittleEndian(start);
        if (size is NiftiHeader.Size1 or NiftiHeader.Size2)
        {
            return size;
        }

        size = BinaryPrimitives.ReadInt32BigEndian(start);
        bigEndian = size is NiftiHeader.Size1 or NiftiHeader.Size2;
        return bigEndian ? size : 0;
    }

    /// <param name="bytes">As many as <see cref="DeclaredSize"/> says.</param>
    /// <param name="bigEndian">What <see cref="DeclaredSize"/> found.</param>
    public static NiftiHeader Parse(ReadOnlySpan<byte> bytes, bool bigEndian)
    {
        var parser = new NiftiHeaderParser(bytes, bigEndian);
        return bytes.Length == NiftiHeader.Size1 ? parser.Version1() : parser.Version2();
    }

    private readonly NiftiHeader Version1() => new()
    {
        Version = 1,
        BigEndian = _bigEndian,
        SingleFile = IsSingleFile(_bytes.Slice(344, 4), "+1\0"u8, "i1\0"u8),
        Dim = Shorts(40, 8),
        DataType = Short(70),
        PixDim = Singles(76, 8),
        VoxelOffset = Single(108),
        Slope = Single(112),
        Intercept = Single(116),
        Units = _bytes[123],
        QFormCode = Short(252),
        SFormCode = Short(254),
        Quaternion = Singles(256, 3),
        QOffset = Singles(268, 3),
        SForm = Singles(280, 12),
    };

    private readonly NiftiHeader Version2() => new()
    {
        Version = 2,
        BigEndian = _bigEndian,
        SingleFile = IsSingleFile(_bytes.Slice(4, 8), "+2\0\r\n\u001a\n"u8, "i2\0\r\n\u001a\n"u8),
        DataType = Short(12),
        Dim = Longs(16, 8),
        PixDim = Doubles(104, 8),
        VoxelOffset = Long(168),
        Slope = Double(176),
        Intercept = Double(184),
        QFormCode = Int(344),
        SFormCode = Int(348),
        Quaternion = Doubles(352, 3),
        QOffset = Doubles(376, 3),
        SForm = Doubles(400, 12),
        Units = Int(500),
    };

    private static bool IsSingleFile(ReadOnlySpan<byte> magic, ReadOnlySpan<byte> single, ReadOnlySpan<byte> pair)
    {
        if (magic[0] == 'n')
        {
            if (magic[1..].SequenceEqual(single))
            {
                return true;
            }

            if (magic[1..].SequenceEqual(pair))
            {
                return false;
            }
        }

        throw new VolumeFormatException(
            $"the header has the size of NIfTI, but its magic is {Convert.ToHexString(magic)}; expected \"n{Text(single)}\" or \"n{Text(pair)}\" "
            + "(ANALYZE 7.5 files have none: convert them to NIfTI, which says how they are oriented)");
    }

    private static string Text(ReadOnlySpan<byte> magic) => System.Text.Encoding.ASCII.GetString(magic[..2]);

    private readonly short Short(int at) => _bigEndian
        ? BinaryPrimitives.ReadInt16BigEndian(_bytes[at..])
        : BinaryPrimitives.ReadInt16LittleEndian(_bytes[at..]);

    private readonly int Int(int at) => _bigEndian
        ? BinaryPrimitives.ReadInt32BigEndian(_bytes[at..])
        : BinaryPrimitives.ReadInt32LittleEndian(_bytes[at..]);

    private readonly long Long(int at) => _bigEndian
        ? BinaryPrimitives.ReadInt64BigEndian(_bytes[at..])
        : BinaryPrimitives.ReadInt64LittleEndian(_bytes[at..]);

    private readonly float Single(int at) => BitConverter.Int32BitsToSingle(Int(at));

    private readonly double Double(int at) => BitConverter.Int64BitsToDouble(Long(at));

    private readonly long[] Shorts(int at, int count)
    {
        var values = new long[count];
        for (var n = 0; n < count; n++)
        {
            values[n] = Short(at + (n * sizeof(short)));
        }

        return values;
    }

    private readonly long[] Longs(int at, int count)
    {
        var values = new long[count];
        for (var n = 0; n < count; n++)
        {
            values[n] = Long(at + (n * sizeof(long)));
        }

        return values;
    }

    private readonly double[] Singles(int at, int count)
    {
        var values = new double[count];
        for (var n = 0; n < count; n++)
        {
            values[n] = Single(at + (n * sizeof(float)));
        }

        return values;
    }

    private readonly double[] Doubles(int at, int count)
    {
        var values = new double[count];
        for (var n = 0; n < count; n++)
        {
            values[n] = Double(at + (n * sizeof(double)));
        }

        return values;
    }
}
