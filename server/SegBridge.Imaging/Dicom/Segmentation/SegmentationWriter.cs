using System.Globalization;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Imaging.Dicom;

/// <summary>A segment and its voxels on the grid of the source volume.</summary>
public sealed record SegmentMask(DicomSegment Segment, VolumeMask Mask);

/// <summary>
/// Writes DICOM Segmentation objects (PS3.3 section A.51): one frame for each segment and slice that it reaches, on the
/// grid of the source volume and with references to its images. Segments may overlap.
/// </summary>
public static class SegmentationWriter
{
    /// <summary>Bytes of the pixels of a binary segmentation at most: of all slices that the segments reach.</summary>
    public static long MostBytes(VolumeSize grid, IEnumerable<VoxelBox> segments) =>
        segments.Sum(box => ((((long)grid.I * grid.J) + 7) / 8) * box.Size.K);

    /// <summary>A binary segmentation.</summary>
    /// <param name="source">Patient, study, frame of reference and grid.</param>
    /// <param name="segments">At least one that is not empty; numbered from 1 in this order.</param>
    /// <exception cref="ArgumentException">A mask has another size than the volume, or all are empty.</exception>
    /// <exception cref="Formats.VolumeFormatException">The source lacks what every image must have, such as a frame of reference.</exception>
    public static DicomFile Binary(DicomSource source, IReadOnlyList<SegmentMask> segments, DerivedObjectOptions? options = null)
    {
        var size = source.Grid.Size;
        if (segments.FirstOrDefault(segment => segment.Mask.Size != size) is { } other)
        {
            throw new ArgumentException($"the masks must have the volume's {size} voxels, got {other.Mask.Size}", nameof(segments));
        }

        var frames = new SegmentationFrames(source);
        for (var n = 0; n < segments.Count; n++)
        {
            var (mask, box) = (segments[n].Mask, segments[n].Mask.BoundingBox);
            for (var k = box.Lower.K; k < box.Upper.K; k++)
            {
                frames.Add(n + 1, mask.Read(new SlicePlane(Axis.K, k).BoxIn(size)));
            }
        }

        options ??= new DerivedObjectOptions();
        var dataset = Create(source, [.. segments.Select(segment => segment.Segment)], options, frames);
        dataset.Add(DicomTag.SegmentationType, "BINARY");
        dataset.Add(DicomTag.SegmentsOverlap, Overlap(segments) ? "YES" : "NO");
        AddPixels(dataset, bitsAllocated: 1, DicomVR.OB, frames.PackBits());
        return DerivedObject.Finish(dataset, options);
    }

    /// <summary>Bytes of the pixels of a fractional segmentation at most.</summary>
    public static long MostFractionalBytes(VolumeSize grid, IEnumerable<VoxelBox> segments) => segments.Sum(box => (long)grid.I * grid.J * box.Size.K);

    /// <summary>A fractional segmentation of probabilities.</summary>
    /// <exception cref="ArgumentException">A box leaves the volume, the number of values is not the box's, or all are 0.</exception>
    /// <exception cref="Formats.VolumeFormatException">The source lacks what every image must have, such as a frame of reference.</exception>
    public static DicomFile Fractional(DicomSource source, IReadOnlyList<SegmentProbabilities> segments, DerivedObjectOptions? options = null)
    {
        var frames = new SegmentationFrames(source);
        for (var n = 0; n < segments.Count; n++)
        {
            var (_, box, values) = segments[n];
            if (!source.Grid.Bounds.Encloses(box) || values.Length != box.VoxelCount)
            {
                throw new ArgumentException(
                    $"probabilities must be one for each voxel of a box inside the {source.Grid.Size} volume, got {values.Length} for {box}", nameof(segments));
            }

            var slice = box.Size.I * box.Size.J;
            for (var k = 0; k < box.Size.K; k++)
            {
                frames.Add(n + 1, box, box.Lower.K + k, values.Span.Slice(k * slice, slice));
            }
        }

        options ??= new DerivedObjectOptions();
        var dataset = Create(source, [.. segments.Select(segment => segment.Segment)], options, frames);
        dataset.Add(DicomTag.SegmentationType, "FRACTIONAL");
        dataset.Add(DicomTag.SegmentationFractionalType, "PROBABILITY");
        dataset.Add(DicomTag.MaximumFractionalValue, byte.MaxValue);
        dataset.Add(DicomTag.SegmentsOverlap, "UNDEFINED");
        AddPixels(dataset, bitsAllocated: 8, DicomVR.OB, frames.JoinBytes());
        return DerivedObject.Finish(dataset, options);
    }

    private static DicomDataset Create(
        DicomSource source, DicomSegment[] segments, DerivedObjectOptions options, SegmentationFrames frames)
    {
        if (frames.Count == 0)
        {
            throw new ArgumentException("nothing is segmented: a DICOM segmentation must have at least one frame", nameof(segments));
        }

        if (frames.Bytes > Array.MaxLength)
        {
            throw new ArgumentException($"the frames of a segmentation must take at most {Array.MaxLength} bytes in all, got {frames.Bytes}", nameof(segments));
        }

        var grid = source.Grid;
        var dataset = DerivedObject.Create(source, DicomUID.SegmentationStorage, "SEG", options);
        dataset.Add(DicomTag.ImageType, "DERIVED", "PRIMARY");
        dataset.Add(DicomTag.ContentDate, options.Time.ToString("yyyyMMdd", CultureInfo.InvariantCulture));
        dataset.Add(DicomTag.ContentTime, options.Time.ToString("HHmmss", CultureInfo.InvariantCulture));
        dataset.Add(DicomTag.ContentLabel, "SEGMENTATION");
        dataset.Add(DicomTag.ContentDescription, options.SeriesDescription);
        dataset.Add(DicomTag.ContentCreatorName, "");
        dataset.Add(DicomTag.SamplesPerPixel, 1);
        dataset.Add(DicomTag.PhotometricInterpretation, "MONOCHROME2");
        dataset.Add(DicomTag.PixelRepresentation, 0);
        dataset.Add(DicomTag.Rows, grid.Size.J);
        dataset.Add(DicomTag.Columns, grid.Size.I);
        dataset.Add(DicomTag.NumberOfFrames, frames.Count);
        AddCompressionOf(source.Header, dataset);
        dataset.Add(DicomTag.SegmentSequence, [.. segments.Select((segment, n) => SegmentItem(options.Cleaned(segment, n + 1), n + 1))]);
        frames.AddTo(dataset);

        DicomDataset series = [];
        series.Add(DicomTag.SeriesInstanceUID, source.Header.GetString(DicomTag.SeriesInstanceUID));
        series.Add(DicomTag.ReferencedInstanceSequence, DerivedObject.ReferencesToInstances(source));
        dataset.Add(DicomTag.ReferencedSeriesSequence, series);
        return dataset;
    }

    private static void AddPixels(DicomDataset dataset, int bitsAllocated, DicomVR vr, byte[] pixels)
    {
        dataset.Add(DicomTag.BitsAllocated, bitsAllocated);
        dataset.Add(DicomTag.BitsStored, bitsAllocated);
        dataset.Add(DicomTag.HighBit, bitsAllocated - 1);
        dataset.Add(new DicomElement(DicomTag.PixelData, vr, new MemoryByteBuffer(pixels)));
    }

    /// <summary>What is made of a lossy image has lost the same.</summary>
    private static void AddCompressionOf(DicomDataset source, DicomDataset dataset)
    {
        var isLossy = source.GetStringOrNull(DicomTag.LossyImageCompression) == "01";
        dataset.Add(DicomTag.LossyImageCompression, isLossy ? "01" : "00");
        foreach (var tag in new[] { DicomTag.LossyImageCompressionRatio, DicomTag.LossyImageCompressionMethod }.Where(tag => isLossy && source.GetStrings(tag).Count > 0))
        {
            dataset.Add(tag, [.. source.GetStrings(tag)]);
        }
    }

    private static DicomDataset SegmentItem(DicomSegment segment, int number)
    {
        DicomDataset item = [];
        item.Add(DicomTag.SegmentNumber, number);
        item.Add(DicomTag.SegmentLabel, segment.Label);
        item.Add(DicomTag.SegmentedPropertyCategoryCodeSequence, segment.Category.ToItem());
        var type = segment.Type.ToItem();
        if (segment.TypeModifier is { } modifier)
        {
            type.Add(DicomTag.SegmentedPropertyTypeModifierCodeSequence, modifier.ToItem());
        }

        item.Add(DicomTag.SegmentedPropertyTypeCodeSequence, type);
        if (segment.AnatomicRegion is { } region)
        {
            item.Add(DicomTag.AnatomicRegionSequence, region.ToItem());
        }

        if (segment.Colour is { } colour)
        {
            item.Add(DicomTag.RecommendedDisplayCIELabValue, CieLab.Of(colour));
        }

        item.Add(DicomTag.SegmentAlgorithmType, SegmentationAlgorithm.TypeOf(segment.Algorithm));
        if (segment.Algorithm is { } algorithm)
        {
            item.Add(DicomTag.SegmentAlgorithmName, algorithm.Name);
            item.Add(DicomTag.SegmentationAlgorithmIdentificationSequence, AlgorithmItem(algorithm));
        }

        return item;
    }

    private static DicomDataset AlgorithmItem(SegmentationAlgorithm algorithm)
    {
        DicomDataset item = [];
        item.Add(DicomTag.AlgorithmFamilyCodeSequence, new DicomCode("123110", "DCM", "Artificial Intelligence").ToItem());
        item.Add(DicomTag.AlgorithmName, algorithm.Name);
        item.Add(DicomTag.AlgorithmVersion, algorithm.Version);
        if (algorithm.Parameters is { } parameters)
        {
            item.Add(DicomTag.AlgorithmParameters, parameters);
        }

        return item;
    }

    private static bool Overlap(IReadOnlyList<SegmentMask> segments)
    {
        for (var a = 0; a < segments.Count; a++)
        {
            for (var b = a + 1; b < segments.Count; b++)
            {
                var box = segments[a].Mask.BoundingBox.Intersect(segments[b].Mask.BoundingBox);
                for (var k = box.Lower.K; k < box.Upper.K; k++)
                {
                    var slice = new VoxelBox(box.Lower with { K = k }, box.Upper with { K = k + 1 });
                    if (AnyInBoth(segments[a].Mask.Read(slice).Bits, segments[b].Mask.Read(slice).Bits))
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    private static bool AnyInBoth(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        for (var n = 0; n < a.Length; n++)
        {
            if ((a[n] & b[n]) != 0)
            {
                return true;
            }
        }

        return false;
    }
}
