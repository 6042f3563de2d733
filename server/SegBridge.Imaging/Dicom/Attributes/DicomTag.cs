using System.Globalization;

namespace SegBridge.Imaging.Dicom;

/// <summary>Names one attribute of a dataset: group and element number.</summary>
public readonly partial record struct DicomTag(ushort Group, ushort Element) : IComparable<DicomTag>
{
    /// <summary>Whether a manufacturer, not the standard, defines what this attribute means.</summary>
    public bool IsPrivate => (Group & 1) != 0;

    /// <summary>Whether this attribute reserves a block of private elements by naming their creator.</summary>
    public bool IsPrivateCreator => IsPrivate && Element is >= 0x0010 and <= 0x00FF;

    public int CompareTo(DicomTag other) => Number.CompareTo(other.Number);

    /// <summary>"(0028,0010) Rows"; the keyword only where the dictionary knows it.</summary>
    public override string ToString()
    {
        var number = string.Create(CultureInfo.InvariantCulture, $"({Group:X4},{Element:X4})");
        return DicomDictionary.KeywordOf(this) is { } keyword ? $"{number} {keyword}" : number;
    }

    public static bool operator <(DicomTag left, DicomTag right) => left.Number < right.Number;

    public static bool operator >(DicomTag left, DicomTag right) => left.Number > right.Number;

    public static bool operator <=(DicomTag left, DicomTag right) => left.Number <= right.Number;

    public static bool operator >=(DicomTag left, DicomTag right) => left.Number >= right.Number;

    internal uint Number => ((uint)Group << 16) | Element;

    internal static DicomTag FromNumber(uint number) => new((ushort)(number >> 16), (ushort)number);
}
