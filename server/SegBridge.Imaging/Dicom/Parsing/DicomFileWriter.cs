using System.Buffers.Binary;

namespace SegBridge.Imaging.Dicom;

/// <summary>Writes Part 10 files in little endian, with value representations or without.</summary>
internal sealed class DicomFileWriter
{
    private const uint Undefined = 0xFFFFFFFF;
    private const int PieceBytes = 1 << 20;

    private readonly bool _isExplicit;

    private DicomFileWriter(bool isExplicit) => _isExplicit = isExplicit;

    public static void Write(Stream stream, DicomDataset dataset)
    {
        var own = dataset.InternalTransferSyntax;
        var isKept = own == DicomTransferSyntax.ImplicitVRLittleEndian || dataset.Any(item => item is DicomFragmentSequence);
        var syntax = isKept ? own : DicomTransferSyntax.ExplicitVRLittleEndian;
        using var meta = new MemoryStream();
        var metaWriter = new DicomFileWriter(isExplicit: true);
        metaWriter.WriteDataset(meta, MetaOf(dataset, syntax));

        stream.Write(new byte[128]);
        stream.Write("DICM"u8);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)meta.Length);
        metaWriter.WriteHeader(stream, DicomTag.FileMetaInformationGroupLength, DicomVR.UL, 4);
        stream.Write(length);
        meta.WriteTo(stream);
        new DicomFileWriter(syntax.IsExplicitVR).WriteDataset(stream, dataset);
    }

    private static DicomDataset MetaOf(DicomDataset dataset, DicomTransferSyntax syntax)
    {
        var meta = new DicomDataset();
        meta.Add(new DicomElement(DicomTag.FileMetaInformationVersion, DicomVR.OB, new MemoryByteBuffer(new byte[] { 0, 1 })));
        meta.Add(DicomTag.MediaStorageSOPClassUID, dataset.GetString(DicomTag.SOPClassUID));
        meta.Add(DicomTag.MediaStorageSOPInstanceUID, dataset.GetString(DicomTag.SOPInstanceUID));
        meta.Add(DicomTag.TransferSyntaxUID, syntax.UID);
        meta.Add(DicomTag.ImplementationClassUID, DicomUID.Implementation);
        meta.Add(DicomTag.ImplementationVersionName, "SEGBRIDGE");
        return meta;
    }

    private void WriteDataset(Stream stream, DicomDataset dataset)
    {
        foreach (var item in dataset)
        {
            switch (item)
            {
                case DicomSequence sequence:
                    WriteSequence(stream, sequence);
                    break;
                case DicomFragmentSequence fragments:
                    WriteFragments(stream, fragments);
                    break;
                case DicomElement element:
                    WriteElement(stream, element);
                    break;
            }
        }
    }

    private void WriteElement(Stream stream, DicomElement element)
    {
        var size = element.Value.Size;
        var even = size + (size & 1);
        // Text that outgrows a short length becomes UN, whose length is long (PS3.5 section 6.2.2).
        var vr = _isExplicit && !element.VR.HasLongLength && even > ushort.MaxValue ? DicomVR.UN : element.VR;
        WriteHeader(stream, element.Tag, vr, checked((uint)even));
        WriteValue(stream, element.Value, element.VR.Padding);
    }

    private static void WriteValue(Stream stream, IByteBuffer value, byte padding)
    {
        if (value is MemoryByteBuffer memory)
        {
            stream.Write(memory.Data.Span);
        }
        else
        {
            var piece = new byte[Math.Min(PieceBytes, value.Size)];
            for (long at = 0; at < value.Size; at += piece.Length)
            {
                var part = piece.AsSpan(0, (int)Math.Min(piece.Length, value.Size - at));
                value.CopyTo(at, part);
                stream.Write(part);
            }
        }

        if ((value.Size & 1) != 0)
        {
            stream.WriteByte(padding);
        }
    }

    private void WriteSequence(Stream stream, DicomSequence sequence)
    {
        if (sequence.Items.Count == 0)
        {
            WriteHeader(stream, sequence.Tag, DicomVR.SQ, 0);
            return;
        }

        WriteHeader(stream, sequence.Tag, DicomVR.SQ, Undefined);
        foreach (var item in sequence.Items)
        {
            WriteItem(stream, DicomTag.Item, Undefined);
            WriteDataset(stream, item);
            WriteItem(stream, DicomTag.ItemDelimitationItem, 0);
        }

        WriteItem(stream, DicomTag.SequenceDelimitationItem, 0);
    }

    private void WriteFragments(Stream stream, DicomFragmentSequence sequence)
    {
        WriteHeader(stream, sequence.Tag, sequence.VR == DicomVR.OW ? DicomVR.OB : sequence.VR, Undefined);
        var offsets = new byte[4 * sequence.OffsetTable.Count];
        for (var n = 0; n < sequence.OffsetTable.Count; n++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(offsets.AsSpan(4 * n), sequence.OffsetTable[n]);
        }

        WriteItem(stream, DicomTag.Item, (uint)offsets.Length);
        stream.Write(offsets);
        foreach (var fragment in sequence.Fragments)
        {
            WriteItem(stream, DicomTag.Item, checked((uint)(fragment.Size + (fragment.Size & 1))));
            WriteValue(stream, fragment, padding: 0);
        }

        WriteItem(stream, DicomTag.SequenceDelimitationItem, 0);
    }

    private void WriteHeader(Stream stream, DicomTag tag, DicomVR vr, uint length)
    {
        Span<byte> header = stackalloc byte[12];
        WriteTag(header, tag);
        if (!_isExplicit)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(header[4..], length);
            stream.Write(header[..8]);
            return;
        }

        (header[4], header[5]) = ((byte)vr.Code[0], (byte)vr.Code[1]);
        if (!vr.HasLongLength)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(header[6..], (ushort)length);
            stream.Write(header[..8]);
            return;
        }

        header[6..8].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], length);
        stream.Write(header);
    }

    private static void WriteItem(Stream stream, DicomTag tag, uint length)
    {
        Span<byte> header = stackalloc byte[8];
        WriteTag(header, tag);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], length);
        stream.Write(header);
    }

    private static void WriteTag(Span<byte> at, DicomTag tag)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(at, tag.Group);
        BinaryPrimitives.WriteUInt16LittleEndian(at[2..], tag.Element);
    }
}
