using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Imaging.Dicom;

/// <summary>A DICOM Segmentation object, binary or fractional, of any writer.</summary>
public sealed class DicomSegmentation
{
    // Of the distance between frames.
    private const double Tolerance = 0.1;

    private readonly IReadOnlyList<DicomFrame> _frames;
    private readonly int[] _segmentOfFrame;
    private readonly double _threshold;
    private readonly double _whole;
    private readonly DicomReadLimits _limits;

    private DicomSegmentation(DicomDataset dataset, DicomReadLimits limits)
    {
        _limits = limits;
        IsFractional = dataset.GetString(DicomTag.SegmentationType) switch
        {
            "BINARY" => false,
            "FRACTIONAL" => true,
            _ => throw new VolumeFormatException("a DICOM segmentation must be of type BINARY or FRACTIONAL, and is not"),
        };
        _whole = IsFractional ? dataset.GetInt(DicomTag.MaximumFractionalValue) : 1;
        if (_whole < 1)
        {
            throw new VolumeFormatException($"the Maximum Fractional Value of a DICOM segmentation must be 1 to 255, got {_whole}");
        }

        _threshold = IsFractional ? _whole / 2 : 1;
        FrameOfReferenceUID = dataset.GetStringOrNull(DicomTag.FrameOfReferenceUID);
        var numbers = dataset.GetSequence(DicomTag.SegmentSequence).Select(item => item.GetInt(DicomTag.SegmentNumber)).ToList();
        Segments = [.. dataset.GetSequence(DicomTag.SegmentSequence).Select(Describe)];
        var pixels = DicomPixelData.Create(dataset, limits);
        if (pixels.SamplesPerPixel != 1 || pixels.BitsAllocated > 8)
        {
            throw new VolumeFormatException($"a DICOM segmentation must have 1 or 8 bits a pixel, got {pixels.BitsAllocated}");
        }

        _frames = [.. DicomFrame.Of(dataset, limits)];
        if (_frames.Count != pixels.NumberOfFrames)
        {
            throw new VolumeFormatException($"each of the {pixels.NumberOfFrames} frames of a segmentation must have a position and orientation, {_frames.Count} have");
        }

        var groups = new FunctionalGroups(dataset);
        _segmentOfFrame =
        [
            .. Enumerable.Range(0, _frames.Count).Select(frame => numbers.IndexOf(
                groups.Find(frame, DicomTag.SegmentIdentificationSequence, DicomTag.ReferencedSegmentNumber)?.GetIntOrNull(DicomTag.ReferencedSegmentNumber) ?? -1)),
        ];
        if (_segmentOfFrame.Contains(-1))
        {
            throw new VolumeFormatException($"frame {Array.IndexOf(_segmentOfFrame, -1) + 1} of the segmentation belongs to a segment that is not described");
        }
    }

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<DicomSegment> Segments { get; }

    /// <summary>Whether pixels are fractions, of which a half and more counts as inside.</summary>
    public bool IsFractional { get; }

    /// <summary>Equal to that of the images that the segments lie on.</summary>
    public string? FrameOfReferenceUID { get; }

    /// <summary>Reads the description of a segmentation; its pixels are read when masks are made.</summary>
    /// <param name="limits">Null: <see cref="DicomReadLimits.Default"/>.</param>
    /// <exception cref="VolumeFormatException">The dataset is no segmentation, or malformed.</exception>
    public static DicomSegmentation Create(DicomDataset dataset, DicomReadLimits? limits = null) => new(dataset, limits ?? DicomReadLimits.Default);

    /// <summary>The masks on a grid whose voxels lie where the frames' pixels do; its axes may run in any order and direction.</summary>
    /// <returns>One for each of <see cref="Segments"/>.</returns>
    /// <exception cref="VolumeFormatException">A frame does not lie on the grid, or its pixels cannot be read.</exception>
    public IReadOnlyList<SegmentMask> ToMasks(VolumeGeometry grid, CancellationToken cancellation = default)
    {
        var masks = Segments.Select(segment => new SegmentMask(segment, new VolumeMask(grid.Size))).ToArray();
        for (var n = 0; n < _frames.Count; n++)
        {
            cancellation.ThrowIfCancellationRequested();
            var mask = masks[_segmentOfFrame[n]].Mask;
            var place = FrameOnGrid.Of(_frames[n], grid);
            var block = mask.Read(place.Box);
            place.ForEach((voxel, value) => block[voxel] |= value >= _threshold);
            mask.Replace(block);
        }

        return masks;
    }

    /// <summary>One segment's fractions on such a grid, in 255ths, C-order (k, j, i); rounded where the file has other steps.</summary>
    /// <param name="segment">Position in <see cref="Segments"/>.</param>
    /// <exception cref="VolumeFormatException">A frame does not lie on the grid, its pixels cannot be read, or the grid is too large.</exception>
    public byte[] ToProbabilities(int segment, VolumeGeometry grid, CancellationToken cancellation = default)
    {
        if (grid.Size.VoxelCount > _limits.MaxPixelBytes)
        {
            throw new VolumeFormatException($"a volume of {grid.Size} probabilities is above the limit of {_limits.MaxPixelBytes} bytes");
        }

        var (size, probabilities) = (grid.Size, new byte[grid.Size.VoxelCount]);
        for (var n = 0; n < _frames.Count; n++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (_segmentOfFrame[n] == segment)
            {
                FrameOnGrid.Of(_frames[n], grid).ForEach((voxel, value) => probabilities[(((voxel.K * size.J) + voxel.J) * size.I) + voxel.I] =
                    (byte)Math.Round(Math.Min(value, _whole) * byte.MaxValue / _whole));
            }
        }

        return probabilities;
    }

    /// <summary>The smallest grid along the frames that all of them lie on.</summary>
    /// <exception cref="VolumeFormatException">The frames lie on no common grid.</exception>
    public VolumeGeometry OwnGrid()
    {
        var ordered = _frames.OrderBy(frame => frame.Height).ToArray();
        var (first, last) = (ordered[0], ordered[^1]);
        var gaps = ordered.Zip(ordered.Skip(1), (a, b) => b.Height - a.Height).Where(gap => gap >= DicomStack.SamePlace).ToArray();
        // Frames that are empty are not there: the distance that the file names counts where all gaps are multiples of it.
        var declared = first.Thickness ?? 0;
        var spacing = gaps.Length == 0 ? first.Thickness ?? 1
            : declared > 0 && gaps.All(gap => Math.Abs((gap / declared) - Math.Round(gap / declared)) <= Tolerance && gap > declared / 2) ? declared
            : gaps.Min();
        var count = Math.Round((last.Height - first.Height) / spacing) + 1;
        var size = GridSteps.SizeOf(first.Pixels.Columns, first.Pixels.Rows, (long)Math.Min(count, int.MaxValue), "the frames of the segmentation");
        var whole = last.Position - first.Position;
        var step = size.K == 1 ? first.Normal * spacing : whole * (1.0 / (size.K - 1));
        return new GridSteps(first.AlongRow, first.AlongColumn, step, first.Position).ToGeometry(size, "the frames of the segmentation");
    }

    private static DicomSegment Describe(DicomDataset item)
    {
        var type = item.GetItemOfSequence(DicomTag.SegmentedPropertyTypeCodeSequence);
        return new DicomSegment(item.GetStringOrNull(DicomTag.SegmentLabel) ?? "")
        {
            Category = DicomCode.Of(item.GetItemOfSequence(DicomTag.SegmentedPropertyCategoryCodeSequence)) ?? DicomCode.Tissue,
            Type = DicomCode.Of(type) ?? DicomCode.Tissue,
            TypeModifier = DicomCode.Of(type?.GetItemOfSequence(DicomTag.SegmentedPropertyTypeModifierCodeSequence)),
            AnatomicRegion = DicomCode.Of(item.GetItemOfSequence(DicomTag.AnatomicRegionSequence)),
            Colour = item.GetDoubles(DicomTag.RecommendedDisplayCIELabValue) is [var l, var a, var b] ? CieLab.ToRgb(l, a, b) : null,
            Algorithm = AlgorithmOf(item),
        };
    }

    private static SegmentationAlgorithm? AlgorithmOf(DicomDataset item)
    {
        var identification = item.GetItemOfSequence(DicomTag.SegmentationAlgorithmIdentificationSequence);
        return item.GetStringOrNull(DicomTag.SegmentAlgorithmType) is { } type and not "MANUAL" && item.GetStringOrNull(DicomTag.SegmentAlgorithmName) is { } name
            ? new SegmentationAlgorithm(
                name, identification?.GetStringOrNull(DicomTag.AlgorithmVersion) ?? "unknown",
                identification?.GetStringOrNull(DicomTag.AlgorithmParameters), type != "AUTOMATIC")
            : null;
    }
}
