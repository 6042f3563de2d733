using System.Buffers.Binary;
using SegBridge.Imaging.Formats;

namespace SegBridge.Imaging.Dicom;

/// <summary>
/// Reads datasets from bytes (PS3.5 section 7). What real writers get wrong without harm is forgiven: elements out of
/// order, single elements in implicit encoding within an explicit dataset, missing delimiters at the end, pixel data
/// that is cut off (which <see cref="DicomPixelData"/> refuses when it is asked for). The rest is refused.
/// </summary>
internal sealed class DicomParser(DicomByteReader reader, DicomReadLimits limits)
{
    private const uint Undefined = 0xFFFFFFFF;

    private int _elements;

    /// <summary>How the part of a file that is being read is encoded.</summary>
    private readonly record struct Encoding(bool IsExplicit, bool IsBigEndian, bool IsEncapsulated)
    {
        public static Encoding Implicit { get; } = new(false, false, false);
    }

    private readonly record struct Header(DicomTag Tag, DicomVR VR, uint Length, bool IsExplicit);

    /// <summary>The file meta information: group 0002, explicit little endian whatever follows.</summary>
    public DicomDataset ReadMetaInfo()
    {
        var meta = new DicomDataset();
        while (reader.Left >= 8 && BinaryPrimitives.ReadUInt16LittleEndian(reader.Peek(2)) == 0x0002)
        {
            AddItem(meta, new Encoding(true, false, false), reader.Length, depth: 0);
        }

        return meta;
    }

    /// <summary>The dataset from here to the end.</summary>
    public DicomDataset ReadDataset(DicomTransferSyntax syntax)
    {
        var dataset = new DicomDataset { InternalTransferSyntax = syntax };
        var encoding = new Encoding(syntax.IsExplicitVR, syntax.IsBigEndian, syntax.IsEncapsulated);
        // What is shorter than an element after the last one is padding.
        while (reader.Left >= 8)
        {
            AddItem(dataset, encoding, reader.Length, depth: 0);
        }

        return dataset;
    }

    private void AddItem(DicomDataset dataset, Encoding encoding, long end, int depth)
    {
        var header = ReadHeader(encoding);
        if (header.Tag.Group == 0xFFFE)
        {
            throw Malformed(header.Tag, "an item or delimiter where no sequence is open");
        }

        var item = ReadValue(dataset, header, encoding with { IsExplicit = header.IsExplicit }, end, depth);
        if (header.Tag.Element == 0 || header.Tag == DicomTag.DataSetTrailingPadding)
        {
            return;
        }

        dataset.Add(item);
        if (header.Tag == DicomTag.SpecificCharacterSet)
        {
            dataset.CharacterSet = DicomCharacterSet.Of(dataset.GetStrings(DicomTag.SpecificCharacterSet));
        }
    }

    private Header ReadHeader(Encoding encoding)
    {
        if (++_elements > limits.MaxElements)
        {
            throw new VolumeFormatException($"a DICOM file of at most {limits.MaxElements} elements can be read, this one has more");
        }

        var tag = new DicomTag(reader.TakeUInt16(encoding.IsBigEndian), reader.TakeUInt16(encoding.IsBigEndian));
        if (tag.Group != 0xFFFE && encoding.IsExplicit)
        {
            var code = reader.Peek(2);
            if (code.Length == 2 && DicomVR.Find(code[0], code[1]) is { } vr)
            {
                reader.Skip(2);
                if (!vr.HasLongLength)
                {
                    return new Header(tag, vr, reader.TakeUInt16(encoding.IsBigEndian), true);
                }

                reader.TakeUInt16(encoding.IsBigEndian);
                return new Header(tag, vr, reader.TakeUInt32(encoding.IsBigEndian), true);
            }

            if (code is [>= (byte)'A' and <= (byte)'Z', >= (byte)'A' and <= (byte)'Z'])
            {
                throw Malformed(tag, "a value representation that does not exist");
            }
        }

        return new Header(tag, DicomDictionary.VROf(tag), reader.TakeUInt32(encoding.IsBigEndian), false);
    }

    private DicomItem ReadValue(DicomDataset dataset, Header header, Encoding encoding, long end, int depth)
    {
        var (tag, vr, length, _) = header;
        if (length == Undefined)
        {
            if (tag == DicomTag.PixelData && encoding.IsEncapsulated && depth == 0)
            {
                return ReadFragments(header, encoding);
            }

            if (vr == DicomVR.SQ || vr == DicomVR.UN || !encoding.IsExplicit)
            {
                // A sequence of unknown representation is always implicit little endian inside (PS3.5 section 6.2.2).
                var inside = vr == DicomVR.UN && encoding.IsExplicit ? Encoding.Implicit : encoding;
                return ReadSequence(dataset, tag, inside, end, isUndefined: true, depth);
            }

            throw Malformed(tag, $"an undefined length, which {vr} cannot have");
        }

        if (length > end - reader.Position)
        {
            return tag == DicomTag.PixelData && depth == 0
                ? ReadElement(dataset, header, encoding, end - reader.Position)
                : throw Malformed(tag, $"a length of {length} bytes, of which {Math.Max(0, end - reader.Position)} are there");
        }

        return vr == DicomVR.SQ
            ? ReadSequence(dataset, tag, encoding, reader.Position + length, isUndefined: false, depth)
            : ReadElement(dataset, header, encoding, length);
    }

    private DicomElement ReadElement(DicomDataset dataset, Header header, Encoding encoding, long length)
    {
        var isSwapped = encoding.IsBigEndian && SwapUnit(dataset, header) > 1;
        var path = length >= limits.OnDemandBytes && !isSwapped ? reader.Path : null;
        // Pixels that stay in the file are read frame by frame.
        var most = header.Tag != DicomTag.PixelData ? limits.MaxValueBytes
            : path is null ? Math.Min(limits.MaxPixelBytes, Array.MaxLength)
            : long.MaxValue;
        if (length > most)
        {
            throw Malformed(header.Tag, $"{length} bytes; at most {most} are allowed here");
        }

        if (path is not null)
        {
            var onDemand = new FileByteBuffer(path, reader.Position, length);
            reader.Skip(length);
            return new DicomElement(header.Tag, header.VR, onDemand);
        }

        var value = reader.TakeBytes((int)length);
        if (isSwapped)
        {
            Swap(value, SwapUnit(dataset, header));
        }

        return new DicomElement(header.Tag, header.VR, new MemoryByteBuffer(value));
    }

    private DicomSequence ReadSequence(
        DicomDataset parent, DicomTag tag, Encoding encoding, long end, bool isUndefined, int depth)
    {
        if (depth >= limits.MaxSequenceDepth)
        {
            throw Malformed(tag, $"sequences nested more than {limits.MaxSequenceDepth} deep");
        }

        var items = new List<DicomDataset>();
        while (reader.Position < end)
        {
            var header = ReadHeader(encoding);
            if (isUndefined && header.Tag == DicomTag.SequenceDelimitationItem)
            {
                break;
            }

            if (header.Tag != DicomTag.Item)
            {
                throw Malformed(tag, $"{header.Tag} where an item of the sequence must start");
            }

            items.Add(ReadSequenceItem(parent, tag, header.Length, encoding, end, depth + 1));
        }

        return new DicomSequence(tag, items);
    }

    private DicomDataset ReadSequenceItem(
        DicomDataset parent, DicomTag sequence, uint length, Encoding encoding, long end, int depth)
    {
        if (length != Undefined && length > end - reader.Position)
        {
            throw Malformed(sequence, $"an item of {length} bytes, of which {Math.Max(0, end - reader.Position)} are there");
        }

        var item = new DicomDataset { CharacterSet = parent.CharacterSet, InternalTransferSyntax = parent.InternalTransferSyntax };
        var itemEnd = length == Undefined ? end : reader.Position + length;
        while (reader.Position < itemEnd)
        {
            if (length == Undefined && PeekTag(encoding) == DicomTag.ItemDelimitationItem)
            {
                ReadHeader(encoding);
                break;
            }

            AddItem(item, encoding, itemEnd, depth);
        }

        return item;
    }

    private DicomFragmentSequence ReadFragments(Header header, Encoding encoding)
    {
        var fragments = new List<IByteBuffer>();
        while (reader.Left >= 8)
        {
            var item = ReadHeader(encoding);
            if (item.Tag == DicomTag.SequenceDelimitationItem)
            {
                break;
            }

            if (item.Tag != DicomTag.Item)
            {
                throw Malformed(header.Tag, $"{item.Tag} where a fragment must start");
            }

            // A last fragment that is cut off may still hold a whole picture, which its decoder will know.
            var fragment = new Header(header.Tag, DicomVR.OB, item.Length, true);
            fragments.Add(ReadElement(new DicomDataset(), fragment, encoding, Math.Min(item.Length, reader.Left)).Value);
        }

        return fragments.Count == 0
            ? throw Malformed(header.Tag, "no fragments")
            : new DicomFragmentSequence(header.Tag, header.VR, OffsetsOf(fragments[0]), fragments[1..]);
    }

    private static uint[] OffsetsOf(IByteBuffer table)
    {
        var bytes = table.Data.Span;
        var offsets = new uint[bytes.Length / 4];
        for (var n = 0; n < offsets.Length; n++)
        {
            offsets[n] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 * n)..]);
        }

        return offsets;
    }

    private DicomTag? PeekTag(Encoding encoding)
    {
        var next = reader.Peek(4);
        return next.Length < 4 ? null
            : encoding.IsBigEndian
                ? DicomTag.FromNumber(BinaryPrimitives.ReadUInt32BigEndian(next))
                : new DicomTag(BinaryPrimitives.ReadUInt16LittleEndian(next), BinaryPrimitives.ReadUInt16LittleEndian(next[2..]));
    }

    /// <summary>Bytes of the numbers of a big-endian value; those of pixels follow Bits Allocated.</summary>
    private static int SwapUnit(DicomDataset dataset, Header header) =>
        header.Tag == DicomTag.PixelData && header.VR == DicomVR.OW
            ? dataset.GetIntOrNull(DicomTag.BitsAllocated) switch { 32 => 4, 64 => 8, _ => 2 }
            : header.VR.UnitBytes;

    private static void Swap(Span<byte> value, int unit)
    {
        for (var at = 0; at + unit <= value.Length; at += unit)
        {
            value.Slice(at, unit).Reverse();
        }
    }

    private static VolumeFormatException Malformed(DicomTag tag, string found) =>
        new($"the DICOM file is malformed or cut off: {tag} has {found}");
}
