using System.Buffers.Binary;
using SegBridge.Imaging.Formats;

namespace SegBridge.Imaging.Dicom;

/// <summary>Finds the fragments of each frame: all of one frame, one of each, or as an offset table says.</summary>
internal sealed class FrameFragments
{
    private readonly IReadOnlyList<IByteBuffer> _fragments;
    private readonly int[] _firstOfFrame;

    public FrameFragments(DicomFragmentSequence sequence, DicomDataset dataset, int frames)
    {
        _fragments = sequence.Fragments;
        var offsets = ExtendedOffsets(dataset) ?? [.. sequence.OffsetTable];
        _firstOfFrame = frames == 1 ? [0]
            : _fragments.Count == frames ? [.. Enumerable.Range(0, frames)]
            : offsets.Length == frames ? FirstOf(offsets)
            : throw new VolumeFormatException(
                $"{_fragments.Count} fragments of compressed pixels cannot be told apart into {frames} frames without an offset table");
    }

    /// <summary>The compressed bytes of one frame.</summary>
    public ReadOnlyMemory<byte> Of(int frame)
    {
        var first = _firstOfFrame[frame];
        var end = frame + 1 < _firstOfFrame.Length ? _firstOfFrame[frame + 1] : _fragments.Count;
        if (first >= end)
        {
            throw new VolumeFormatException($"frame {frame + 1} has no fragment of compressed pixels");
        }

        if (end - first == 1)
        {
            return _fragments[first].Data;
        }

        var bytes = Enumerable.Range(first, end - first).Sum(n => _fragments[n].Size);
        var joined = bytes <= Array.MaxLength
            ? new byte[bytes]
            : throw new VolumeFormatException($"a compressed frame of at most {Array.MaxLength} bytes can be read, got {bytes}");
        for (int n = first, at = 0; n < end; at += (int)_fragments[n].Size, n++)
        {
            _fragments[n].CopyTo(0, joined.AsSpan(at, (int)_fragments[n].Size));
        }

        return joined;
    }

    private int[] FirstOf(ulong[] offsets)
    {
        var starts = new Dictionary<ulong, int>();
        var at = 0UL;
        for (var n = 0; n < _fragments.Count; n++)
        {
            starts[at] = n;
            at += 8 + (ulong)_fragments[n].Size;
        }

        var first = new int[offsets.Length];
        for (var frame = 0; frame < first.Length; frame++)
        {
            first[frame] = starts.TryGetValue(offsets[frame], out var n) && (frame == 0 || n > first[frame - 1])
                ? n
                : throw new VolumeFormatException($"the offset table does not lead to a fragment for frame {frame + 1}");
        }

        return first;
    }

    private static ulong[]? ExtendedOffsets(DicomDataset dataset)
    {
        if (dataset.GetItemOrNull(DicomTag.ExtendedOffsetTable) is not DicomElement { Value.Size: > 0 } table)
        {
            return null;
        }

        var bytes = table.Value.Data.Span;
        var offsets = new ulong[bytes.Length / 8];
        for (var n = 0; n < offsets.Length; n++)
        {
            offsets[n] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(8 * n)..]);
        }

        return offsets;
    }
}
