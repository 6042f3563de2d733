using System.Buffers.Binary;
using System.Collections;
using System.Globalization;
using System.Text;
using SegBridge.Imaging.Formats;

namespace SegBridge.Imaging.Dicom;

/// <summary>
/// Attributes in the order of their tags. Getters whose name ends in OrNull, and lists, answer an absent or empty
/// attribute with null or nothing; the others throw, naming the attribute and never its value.
/// </summary>
public sealed class DicomDataset : IEnumerable<DicomItem>
{
    // Contours of a hundred thousand points have a tenth of it.
    private const int MaxTextValues = 4_000_000;

    private readonly SortedList<DicomTag, DicomItem> _items = [];

    /// <summary>How the dataset was encoded in its file; explicit little endian for a new one.</summary>
    public DicomTransferSyntax InternalTransferSyntax { get; internal init; } = DicomTransferSyntax.ExplicitVRLittleEndian;

    internal DicomCharacterSet CharacterSet { get; set; } = DicomCharacterSet.Utf8;

    public int Count => _items.Count;

    public bool Contains(DicomTag tag) => _items.ContainsKey(tag);

    /// <summary>The attribute itself, or null.</summary>
    public DicomItem? GetItemOrNull(DicomTag tag) => _items.GetValueOrDefault(tag);

    /// <summary>The values of a text, without padding; numbers are written out.</summary>
    /// <exception cref="VolumeFormatException">The attribute is not made of text or numbers.</exception>
    public IReadOnlyList<string> GetStrings(DicomTag tag)
    {
        if (_items.GetValueOrDefault(tag) is not DicomElement { Value.Size: > 0 } element)
        {
            return [];
        }

        if (!element.VR.IsText && element.VR != DicomVR.UN)
        {
            return [.. Numbers(element).Select(number => number.ToString("R", CultureInfo.InvariantCulture))];
        }

        var bytes = element.Value.Data.Span;
        var text = element.VR.UsesCharacterSet || element.VR == DicomVR.UN
            ? CharacterSet.Decode(bytes, isPersonName: element.VR == DicomVR.PN)
            : Encoding.Latin1.GetString(bytes);
        if (element.VR.IsSingleValue)
        {
            return [text.TrimEnd(' ', '\0')];
        }

        return text.AsSpan().Count('\\') < MaxTextValues
            ? [.. text.Split('\\').Select(value => value.Trim(' ', '\0'))]
            : throw new VolumeFormatException($"DICOM attribute {tag} may have at most {MaxTextValues} values, it has more");
    }

    /// <summary>The first value of a text.</summary>
    public string? GetStringOrNull(DicomTag tag) => GetStrings(tag) is [{ Length: > 0 } first, ..] ? first : null;

    /// <summary>The first value of a text, which must be there.</summary>
    /// <exception cref="VolumeFormatException">It is not.</exception>
    public string GetString(DicomTag tag) => GetStringOrNull(tag) ?? throw Missing(tag);

    /// <summary>All values of a number, binary or written out.</summary>
    /// <exception cref="VolumeFormatException">A value is not a number.</exception>
    public double[] GetDoubles(DicomTag tag) => _items.GetValueOrDefault(tag) switch
    {
        DicomElement { VR.IsText: false } element when element.VR != DicomVR.UN => Finite(Numbers(element), tag),
        DicomElement => [.. GetStrings(tag).Where(text => text.Length > 0).Select(text => Parse(text, tag))],
        _ => [],
    };

    /// <summary>The first value of a number.</summary>
    public double? GetDoubleOrNull(DicomTag tag) => GetDoubles(tag) is [var first, ..] ? first : null;

    /// <summary>The first value of a whole number.</summary>
    /// <exception cref="VolumeFormatException">The value is not a whole number of 32 bits.</exception>
    public int? GetIntOrNull(DicomTag tag) => GetDoubleOrNull(tag) switch
    {
        null => null,
        >= int.MinValue and <= int.MaxValue and var number when number == Math.Floor(number) => (int)number,
        _ => throw new VolumeFormatException($"DICOM attribute {tag} must be a whole number of 32 bits"),
    };

    /// <summary>The first value of a whole number, which must be there.</summary>
    /// <exception cref="VolumeFormatException">It is not, or is something else.</exception>
    public int GetInt(DicomTag tag) => GetIntOrNull(tag) ?? throw Missing(tag);

    /// <summary>The items of a sequence.</summary>
    public IReadOnlyList<DicomDataset> GetSequence(DicomTag tag) => _items.GetValueOrDefault(tag) is DicomSequence sequence ? sequence.Items : [];

    /// <summary>The first item of a sequence.</summary>
    public DicomDataset? GetItemOfSequence(DicomTag tag) => GetSequence(tag) is [var first, ..] ? first : null;

    /// <summary>Adds an attribute, or replaces the one of its tag.</summary>
    public void Add(DicomItem item)
    {
        if (_items.Count == 0 || _items.GetKeyAtIndex(_items.Count - 1) < item.Tag)
        {
            _items.Add(item.Tag, item);
        }
        else
        {
            _items[item.Tag] = item;
        }
    }

    /// <summary>Adds text; the representation is the dictionary's.</summary>
    /// <exception cref="ArgumentException">The attribute is not text, or a value is longer than its representation allows.</exception>
    public void Add(DicomTag tag, params IReadOnlyList<string> values)
    {
        var vr = DicomDictionary.VROf(tag);
        if (!vr.IsText)
        {
            throw new ArgumentException($"{tag} is {vr}, not text", nameof(tag));
        }

        if (values.FirstOrDefault(value => value.Length > vr.MaxCharacters) is { } tooLong)
        {
            throw new ArgumentException($"{tag} takes at most {vr.MaxCharacters} characters, got {tooLong.Length}", nameof(values));
        }

        AddUnchecked(tag, vr, values);
    }

    /// <summary>Adds text as another file has it, be it longer than it may be.</summary>
    internal void AddUnchecked(DicomTag tag, DicomVR vr, IReadOnlyList<string> values)
    {
        var text = string.Join('\\', values);
        Add(new DicomElement(tag, vr, new MemoryByteBuffer(vr.UsesCharacterSet ? CharacterSet.Encode(text) : Encoding.Latin1.GetBytes(text))));
    }

    /// <summary>Adds decimal numbers as text of at most 16 characters each (DS).</summary>
    public void Add(DicomTag tag, params IReadOnlyList<double> values) => Add(tag, [.. values.Select(DecimalText.Of)]);

    /// <summary>Adds whole numbers: US, UL or, as text, IS, as the dictionary says.</summary>
    public void Add(DicomTag tag, params IReadOnlyList<int> values)
    {
        var vr = DicomDictionary.VROf(tag);
        if (vr.IsText)
        {
            Add(tag, [.. values.Select(value => value.ToString(CultureInfo.InvariantCulture))]);
            return;
        }

        var bytes = new byte[values.Count * vr.UnitBytes];
        for (var n = 0; n < values.Count; n++)
        {
            if (vr.UnitBytes == 2)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2 * n), checked((ushort)values[n]));
            }
            else
            {
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 * n), checked((uint)values[n]));
            }
        }

        Add(new DicomElement(tag, vr, new MemoryByteBuffer(bytes)));
    }

    /// <summary>Adds a sequence.</summary>
    public void Add(DicomTag tag, params IReadOnlyList<DicomDataset> items) => Add(new DicomSequence(tag, items));

    /// <summary>The same attributes but one; values are shared.</summary>
    public DicomDataset Without(DicomTag tag)
    {
        var rest = new DicomDataset { InternalTransferSyntax = InternalTransferSyntax, CharacterSet = CharacterSet };
        foreach (var item in this.Where(item => item.Tag != tag))
        {
            rest.Add(item);
        }

        return rest;
    }

    public IEnumerator<DicomItem> GetEnumerator() => _items.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static double Parse(string text, DicomTag tag) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : throw new VolumeFormatException($"DICOM attribute {tag} must be made of decimal numbers, and is not");

    private static double[] Finite(double[] numbers, DicomTag tag) =>
        numbers.All(double.IsFinite) ? numbers : throw new VolumeFormatException($"DICOM attribute {tag} must be made of finite numbers, and is not");

    private static double[] Numbers(DicomElement element)
    {
        var unit = element.VR.UnitBytes;
        var bytes = element.Value.Data.Span;
        var numbers = new double[bytes.Length / unit];
        for (var n = 0; n < numbers.Length; n++)
        {
            numbers[n] = Number(bytes.Slice(n * unit, unit), element.VR.Code);
        }

        return numbers;
    }

    private static double Number(ReadOnlySpan<byte> at, string vr) => vr switch
    {
        "US" or "OW" or "AT" => BinaryPrimitives.ReadUInt16LittleEndian(at),
        "SS" => BinaryPrimitives.ReadInt16LittleEndian(at),
        "UL" or "OL" => BinaryPrimitives.ReadUInt32LittleEndian(at),
        "SL" => BinaryPrimitives.ReadInt32LittleEndian(at),
        "FL" or "OF" => BinaryPrimitives.ReadSingleLittleEndian(at),
        "FD" or "OD" => BinaryPrimitives.ReadDoubleLittleEndian(at),
        "SV" => BinaryPrimitives.ReadInt64LittleEndian(at),
        "UV" or "OV" => BinaryPrimitives.ReadUInt64LittleEndian(at),
        _ => at[0],
    };

    private static VolumeFormatException Missing(DicomTag tag) => new($"DICOM attribute {tag} is needed, but absent or empty");
}
