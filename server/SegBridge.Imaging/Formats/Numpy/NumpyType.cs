namespace SegBridge.Imaging.Formats.Numpy;

/// <summary>The kinds of elements of a <see cref="NumpyType"/>.</summary>
public enum NumpyKind
{
    Bool,
    UnsignedInteger,
    SignedInteger,
    FloatingPoint,
}

/// <summary>Type of the elements of an array of NumPy: plain numbers and truth values only.</summary>
/// <param name="Kind">What they are.</param>
/// <param name="Bytes">Of one element: 1, 2, 4 or 8.</param>
/// <param name="IsBigEndian">Highest byte first; false for single bytes.</param>
public readonly record struct NumpyType(NumpyKind Kind, int Bytes, bool IsBigEndian)
{
    public static NumpyType UInt8 { get; } = new(NumpyKind.UnsignedInteger, 1, false);

    /// <summary>The type of a name, such as "uint8"; little-endian.</summary>
    /// <exception cref="VolumeFormatException">There is no such type, or not here.</exception>
    public static NumpyType OfName(string name) => name switch
    {
        "bool" => new(NumpyKind.Bool, 1, false),
        "uint8" => UInt8,
        "uint16" => new(NumpyKind.UnsignedInteger, 2, false),
        "uint32" => new(NumpyKind.UnsignedInteger, 4, false),
        "uint64" => new(NumpyKind.UnsignedInteger, 8, false),
        "int8" => new(NumpyKind.SignedInteger, 1, false),
        "int16" => new(NumpyKind.SignedInteger, 2, false),
        "int32" => new(NumpyKind.SignedInteger, 4, false),
        "int64" => new(NumpyKind.SignedInteger, 8, false),
        "float16" => new(NumpyKind.FloatingPoint, 2, false),
        "float32" => new(NumpyKind.FloatingPoint, 4, false),
        "float64" => new(NumpyKind.FloatingPoint, 8, false),
        _ => throw Unknown(),
    };

    /// <summary>The type of a description as .npy files have it, such as "&lt;i2".</summary>
    /// <exception cref="VolumeFormatException">There is no such type, or not here: objects, texts, complex numbers.</exception>
    public static NumpyType OfDescription(string text)
    {
        if (text.Length != 3 || text[0] is not ('<' or '>' or '|') || text[2] is not ('1' or '2' or '4' or '8'))
        {
            throw Unknown();
        }

        var bytes = text[2] - '0';
        var isBigEndian = text[0] == '>' && bytes > 1;
        return (text[1], bytes) switch
        {
            ('b', 1) => new(NumpyKind.Bool, 1, false),
            ('u', _) when text[0] != '|' || bytes == 1 => new(NumpyKind.UnsignedInteger, bytes, isBigEndian),
            ('i', _) when text[0] != '|' || bytes == 1 => new(NumpyKind.SignedInteger, bytes, isBigEndian),
            ('f', > 1) when text[0] != '|' => new(NumpyKind.FloatingPoint, bytes, isBigEndian),
            _ => throw Unknown(),
        };
    }

    /// <summary>What a file reader calls the type; null for 16-bit floating point, which no file has.</summary>
    internal ElementType? Element => (Kind, Bytes) switch
    {
        (NumpyKind.Bool or NumpyKind.UnsignedInteger, 1) => ElementType.UInt8,
        (NumpyKind.UnsignedInteger, 2) => ElementType.UInt16,
        (NumpyKind.UnsignedInteger, 4) => ElementType.UInt32,
        (NumpyKind.UnsignedInteger, _) => ElementType.UInt64,
        (NumpyKind.SignedInteger, 1) => ElementType.Int8,
        (NumpyKind.SignedInteger, 2) => ElementType.Int16,
        (NumpyKind.SignedInteger, 4) => ElementType.Int32,
        (NumpyKind.SignedInteger, _) => ElementType.Int64,
        (_, 4) => ElementType.Float32,
        (_, 8) => ElementType.Float64,
        _ => null,
    };

    // What was sent instead stays out of the message: it may be anything.
    private static VolumeFormatException Unknown() => new(
        "the type of an array's elements must be bool, an integer of 1 to 8 bytes or floating point of 2 to 8 bytes");
}
