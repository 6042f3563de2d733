namespace SegBridge.Imaging.Dicom;

/// <summary>One attribute of a dataset.</summary>
public abstract class DicomItem(DicomTag tag, DicomVR vr)
{
    public DicomTag Tag { get; } = tag;

    public DicomVR VR { get; } = vr;

    public override string ToString() => $"{Tag} {VR}";
}

/// <summary>An attribute with a value of bytes: text, or little-endian numbers.</summary>
public sealed class DicomElement(DicomTag tag, DicomVR vr, IByteBuffer value) : DicomItem(tag, vr)
{
    public IByteBuffer Value { get; } = value;
}

/// <summary>An attribute that is a list of datasets.</summary>
public sealed class DicomSequence(DicomTag tag, params IReadOnlyList<DicomDataset> items) : DicomItem(tag, DicomVR.SQ)
{
    public IReadOnlyList<DicomDataset> Items { get; } = items;
}

/// <summary>Compressed pixel data: the frames in one or more fragments (PS3.5 section A.4).</summary>
/// <param name="offsetTable">Offset of each frame's first fragment from the first fragment's item tag; may be empty.</param>
public sealed class DicomFragmentSequence(
    DicomTag tag, DicomVR vr, IReadOnlyList<uint> offsetTable, IReadOnlyList<IByteBuffer> fragments) : DicomItem(tag, vr)
{
    public IReadOnlyList<uint> OffsetTable { get; } = offsetTable;

    public IReadOnlyList<IByteBuffer> Fragments { get; } = fragments;
}
