using System.Collections.Frozen;

namespace SegBridge.Imaging.Dicom;

/// <summary>A value representation (PS3.5 section 6.2): how the bytes of an element are to be read.</summary>
public sealed class DicomVR
{
    private static readonly Dictionary<string, DicomVR> ByCode = [];

    public static readonly DicomVR AE = Text("AE"), AS = Text("AS"), CS = Text("CS"), DA = Text("DA"), DS = Text("DS");
    public static readonly DicomVR DT = Text("DT"), IS = Text("IS"), TM = Text("TM"), UI = Text("UI", padding: 0);
    public static readonly DicomVR LO = Free("LO"), PN = Free("PN"), SH = Free("SH"), UC = Free("UC", isLong: true);
    public static readonly DicomVR LT = Prose("LT"), ST = Prose("ST"), UT = Prose("UT", isLong: true);
    public static readonly DicomVR UR = new("UR", 1, isText: true, isLong: true, padding: (byte)' ', isSingle: true);
    public static readonly DicomVR AT = Binary("AT", 2), FL = Binary("FL", 4), FD = Binary("FD", 8), SL = Binary("SL", 4);
    public static readonly DicomVR SS = Binary("SS", 2), UL = Binary("UL", 4), US = Binary("US", 2);
    public static readonly DicomVR OB = Binary("OB", 1, isLong: true), OD = Binary("OD", 8, isLong: true);
    public static readonly DicomVR OF = Binary("OF", 4, isLong: true), OL = Binary("OL", 4, isLong: true);
    public static readonly DicomVR OV = Binary("OV", 8, isLong: true), OW = Binary("OW", 2, isLong: true);
    public static readonly DicomVR SV = Binary("SV", 8, isLong: true), UV = Binary("UV", 8, isLong: true);
    public static readonly DicomVR UN = Binary("UN", 1, isLong: true), SQ = Binary("SQ", 1, isLong: true);

    private static readonly FrozenDictionary<string, DicomVR> All = ByCode.ToFrozenDictionary();
    private static readonly FrozenDictionary<string, DicomVR>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        All.GetAlternateLookup<ReadOnlySpan<char>>();

    private DicomVR(string code, int unitBytes, bool isText, bool isLong, byte padding, bool usesCharacterSet = false, bool isSingle = false)
    {
        (Code, UnitBytes, IsText, HasLongLength, Padding, UsesCharacterSet, IsSingleValue) =
            (code, unitBytes, isText, isLong, padding, usesCharacterSet, isSingle);
        ByCode[code] = this;
    }

    /// <summary>Two capital letters.</summary>
    public string Code { get; }

    /// <summary>Bytes of one number; what a change of byte order turns round.</summary>
    public int UnitBytes { get; }

    /// <summary>Whether the value is text.</summary>
    public bool IsText { get; }

    /// <summary>Whether the explicit encoding has 2 reserved bytes and a length of 4.</summary>
    public bool HasLongLength { get; }

    /// <summary>What fills a value up to an even length.</summary>
    public byte Padding { get; }

    /// <summary>Most characters of one value (PS3.5 table 6.2-1).</summary>
    public int MaxCharacters => Code switch
    {
        "AS" => 4,
        "DA" => 8,
        "IS" => 12,
        "TM" => 14,
        "AE" or "CS" or "DS" or "SH" => 16,
        "DT" => 26,
        "LO" or "UI" => 64,
        "ST" => 1024,
        "LT" => 10240,
        _ => int.MaxValue,
    };

    /// <summary>Whether the dataset's Specific Character Set holds for the text.</summary>
    public bool UsesCharacterSet { get; }

    /// <summary>Whether a backslash is part of the text instead of parting values.</summary>
    public bool IsSingleValue { get; }

    public override string ToString() => Code;

    /// <summary>The representation of a code, or null.</summary>
    internal static DicomVR? Find(byte first, byte second) =>
        Lookup.TryGetValue([(char)first, (char)second], out var found) ? found : null;

    internal static DicomVR FromCode(string code) => All[code];

    private static DicomVR Text(string code, byte padding = (byte)' ') => new(code, 1, isText: true, isLong: false, padding);

    private static DicomVR Free(string code, bool isLong = false) =>
        new(code, 1, isText: true, isLong, (byte)' ', usesCharacterSet: true);

    private static DicomVR Prose(string code, bool isLong = false) =>
        new(code, 1, isText: true, isLong, (byte)' ', usesCharacterSet: true, isSingle: true);

    private static DicomVR Binary(string code, int unitBytes, bool isLong = false) =>
        new(code, unitBytes, isText: false, isLong, padding: 0);
}
