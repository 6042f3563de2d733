using SegBridge.Imaging.Formats;

namespace SegBridge.Imaging.Dicom;

/// <summary>
/// The frames of a dataset, decoded one by one. A frame is Rows × Columns pixels, row by row, the samples of a pixel
/// together, each BitsAllocated wide and little-endian; bits (BitsAllocated 1) become bytes of 0 and 1. Bits beyond
/// BitsStored are left as they are.
/// </summary>
public sealed class DicomPixelData
{
    private readonly DicomItem _item;
    private readonly DicomTransferSyntax _syntax;
    private readonly DicomReadLimits _limits;
    private readonly Lazy<ReadOnlyMemory<byte>> _decodedElsewhere;
    private readonly Lazy<FrameFragments> _fragments;

    private DicomPixelData(DicomDataset dataset, DicomItem item, DicomReadLimits limits)
    {
        (_item, _syntax, _limits) = (item, dataset.InternalTransferSyntax, limits);
        PhotometricInterpretation = dataset.GetStringOrNull(DicomTag.PhotometricInterpretation) ?? "MONOCHROME2";
        PlanarConfiguration = dataset.GetIntOrNull(DicomTag.PlanarConfiguration) ?? 0;
        NumberOfFrames = dataset.GetIntOrNull(DicomTag.NumberOfFrames) ?? 1;
        Shape = FrameShape.Of(dataset);
        _decodedElsewhere = new(DecodeElsewhere);
        _fragments = new(() => new FrameFragments((DicomFragmentSequence)_item, dataset, NumberOfFrames));
    }

    public int Rows => Shape.Rows;

    public int Columns => Shape.Columns;

    public int SamplesPerPixel => Shape.Samples;

    public int BitsAllocated => Shape.BitsAllocated;

    public int BitsStored => Shape.BitsStored;

    /// <summary>Whether numbers are two's complement in BitsStored bits.</summary>
    public bool IsSigned => Shape.IsSigned;

    public int NumberOfFrames { get; }

    public string PhotometricInterpretation { get; }

    /// <summary>1 where the file has its colour planes one after the other; decoded frames never have.</summary>
    public int PlanarConfiguration { get; }

    /// <summary>Bytes of one decoded frame.</summary>
    public int FrameBytes => Shape.Bytes;

    internal FrameShape Shape { get; }

    /// <summary>The pixel data of a dataset.</summary>
    /// <param name="limits">Null: <see cref="DicomReadLimits.Default"/>.</param>
    /// <exception cref="VolumeFormatException">There is none, or its description is incomplete or beyond the limits.</exception>
    public static DicomPixelData Create(DicomDataset dataset, DicomReadLimits? limits = null)
    {
        limits ??= DicomReadLimits.Default;
        var item = dataset.GetItemOrNull(DicomTag.PixelData)
            ?? throw new VolumeFormatException("the DICOM dataset has no integer pixel data (7FE0,0010)");
        var pixels = new DicomPixelData(dataset, item, limits);
        pixels.RequireFrames();
        if (pixels.Shape.LongBytes > Math.Min(limits.MaxPixelBytes, Array.MaxLength))
        {
            throw new VolumeFormatException(
                $"a frame of {pixels.Columns}×{pixels.Rows} pixels takes {pixels.Shape.LongBytes} bytes; at most {limits.MaxPixelBytes} are allowed here");
        }

        return pixels;
    }

    /// <summary>One decoded frame.</summary>
    /// <param name="frame">From 0.</param>
    /// <exception cref="VolumeFormatException">The frame is not there, is corrupt, or nothing here can decode it.</exception>
    public byte[] GetFrame(int frame)
    {
        var pixels = new byte[FrameBytes];
        GetFrame(frame, pixels);
        return pixels;
    }

    /// <summary>One decoded frame into <see cref="FrameBytes"/> bytes.</summary>
    /// <exception cref="VolumeFormatException">The frame is not there, is corrupt, or nothing here can decode it.</exception>
    public void GetFrame(int frame, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(frame);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(frame, NumberOfFrames);
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, FrameBytes);
        if (_item is DicomElement native)
        {
            if (_syntax.IsEncapsulated)
            {
                throw new VolumeFormatException($"pixel data in {_syntax} must be made of fragments, and is not");
            }

            NativeFrames.Read(native.Value, frame, this, destination);
            return;
        }

        if (FrameDecoders.Find(_syntax) is { } decode)
        {
            decode(_fragments.Value.Of(frame).Span, Shape, destination);
            return;
        }

        // All frames come at once, and those of a series of single ones must not be kept.
        var all = NumberOfFrames == 1 ? DecodeElsewhere() : _decodedElsewhere.Value;
        all.Slice(checked(frame * FrameBytes), FrameBytes).Span.CopyTo(destination);
    }

    /// <summary>Refuses more frames than the pixel data can hold, before anybody makes something for each of them.</summary>
    private void RequireFrames()
    {
        if (NumberOfFrames < 1)
        {
            throw new VolumeFormatException($"the number of frames must be at least 1, got {NumberOfFrames}");
        }

        if (_item is DicomFragmentSequence { Fragments.Count: var fragments } && fragments < NumberOfFrames)
        {
            throw new VolumeFormatException($"{NumberOfFrames} compressed frames need at least a fragment each, {fragments} are there");
        }

        var needed = BitsAllocated == 1 ? ((Shape.LongBytes * NumberOfFrames) + 7) / 8 : Shape.LongBytes * NumberOfFrames;
        if (_item is DicomElement { Value.Size: var size } && size < needed)
        {
            throw new VolumeFormatException($"the pixel data is cut off: {needed} bytes are declared, {size} are there");
        }
    }

    private ReadOnlyMemory<byte> DecodeElsewhere() => ExternalDecoder.Decode((DicomFragmentSequence)_item, _syntax, this, _limits);
}
