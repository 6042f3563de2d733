using System.Globalization;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Dicom;

/// <summary>
/// Writes RT Structure Sets (PS3.3 section A.19): closed contours on the slices of the source volume along the edges of
/// the voxels. The file is implicit little endian, the only encoding in which a contour may be of any length.
/// </summary>
public static class StructureSetWriter
{
    // A tenth of a micrometre: far below a voxel, and short.
    private const int Decimals = 4;
    // As text about 150 MB; the outlines of a body on a thousand slices have a fifth of it.
    private const int MaxPoints = 5_000_000;

    /// <summary>One region of interest for each segment, numbered from 1 in this order; an empty one has no contours.</summary>
    /// <param name="source">Patient, study, frame of reference and grid.</param>
    /// <param name="segments">On the grid of the volume.</param>
    /// <exception cref="ArgumentException">A mask has another size than the volume.</exception>
    /// <exception cref="Formats.VolumeFormatException">
    /// The source lacks what every image must have, such as a frame of reference, or the outlines have too many points.
    /// </exception>
    public static DicomFile Write(DicomSource source, IReadOnlyList<SegmentMask> segments, DerivedObjectOptions? options = null)
    {
        options ??= new DerivedObjectOptions();
        var size = source.Grid.Size;
        if (segments.FirstOrDefault(segment => segment.Mask.Size != size) is { } other)
        {
            throw new ArgumentException($"the masks must have the volume's {size} voxels, got {other.Mask.Size}", nameof(segments));
        }

        var dataset = DerivedObject.Create(source, DicomUID.RTStructureSetStorage, "RTSTRUCT", options, DicomTransferSyntax.ImplicitVRLittleEndian);
        var frameOfReference = dataset.GetString(DicomTag.FrameOfReferenceUID);
        dataset.Add(DicomTag.OperatorsName, "");
        dataset.Add(DicomTag.StructureSetLabel, "SEGBRIDGE");
        dataset.Add(DicomTag.StructureSetName, options.SeriesDescription);
        dataset.Add(DicomTag.StructureSetDate, options.Time.ToString("yyyyMMdd", CultureInfo.InvariantCulture));
        dataset.Add(DicomTag.StructureSetTime, options.Time.ToString("HHmmss", CultureInfo.InvariantCulture));
        dataset.Add(DicomTag.ReferencedFrameOfReferenceSequence, FrameOfReferenceItem(source, frameOfReference));
        dataset.Add(DicomTag.StructureSetROISequence, [.. segments.Select((segment, n) => RoiItem(options.Cleaned(segment.Segment, n + 1), n + 1, frameOfReference))]);
        var (contours, pointsLeft) = (new List<DicomDataset>(), MaxPoints);
        foreach (var segment in segments)
        {
            contours.Add(ContoursItem(source, segment, contours.Count + 1, ref pointsLeft));
        }

        dataset.Add(DicomTag.ROIContourSequence, contours);
        dataset.Add(DicomTag.RTROIObservationsSequence, [.. segments.Select((segment, n) => ObservationItem(segment.Segment, n + 1))]);
        dataset.Add(DicomTag.ApprovalStatus, "UNAPPROVED");
        return DerivedObject.Finish(dataset, options);
    }

    private static DicomDataset FrameOfReferenceItem(DicomSource source, string frameOfReference)
    {
        DicomDataset series = [], study = [], item = [];
        series.Add(DicomTag.SeriesInstanceUID, source.Header.GetString(DicomTag.SeriesInstanceUID));
        series.Add(DicomTag.ContourImageSequence, DerivedObject.ReferencesToInstances(source));
        study.Add(DicomTag.ReferencedSOPClassUID, DicomUID.StudyComponentManagement);
        study.Add(DicomTag.ReferencedSOPInstanceUID, source.Header.GetString(DicomTag.StudyInstanceUID));
        study.Add(DicomTag.RTReferencedSeriesSequence, series);
        item.Add(DicomTag.FrameOfReferenceUID, frameOfReference);
        item.Add(DicomTag.RTReferencedStudySequence, study);
        return item;
    }

    private static DicomDataset RoiItem(DicomSegment segment, int number, string frameOfReference)
    {
        DicomDataset item = [];
        item.Add(DicomTag.ROINumber, number);
        item.Add(DicomTag.ReferencedFrameOfReferenceUID, frameOfReference);
        item.Add(DicomTag.ROIName, segment.Label);
        item.Add(DicomTag.ROIGenerationAlgorithm, SegmentationAlgorithm.TypeOf(segment.Algorithm));
        if (segment.Algorithm is { } algorithm)
        {
            item.Add(DicomTag.ROIGenerationDescription, $"{algorithm.Name} {algorithm.Version}");
        }

        return item;
    }

    private static DicomDataset ContoursItem(DicomSource source, SegmentMask segment, int number, ref int pointsLeft)
    {
        DicomDataset item = [];
        if (segment.Segment.Colour is { } colour)
        {
            item.Add(DicomTag.ROIDisplayColor, colour.Red, colour.Green, colour.Blue);
        }

        var contours = new List<DicomDataset>();
        var box = segment.Mask.BoundingBox;
        for (var k = box.Lower.K; k < box.Upper.K; k++)
        {
            var slice = segment.Mask.Read(new VoxelBox(box.Lower with { K = k }, box.Upper with { K = k + 1 }));
            foreach (var polygon in ContourTracer.Trace(slice))
            {
                pointsLeft -= polygon.Length;
                if (pointsLeft < 0)
                {
                    throw new Formats.VolumeFormatException($"the outlines have more than {MaxPoints} points in all; write a DICOM segmentation instead");
                }

                contours.Add(ContourItem(source, k, [.. polygon.Select(point => source.Grid.ToLps(new VoxelPoint(point.Column, point.Row, k)))], contours.Count + 1));
            }
        }

        if (contours.Count > 0)
        {
            item.Add(DicomTag.ContourSequence, contours);
        }

        item.Add(DicomTag.ReferencedROINumber, number);
        return item;
    }

    private static DicomDataset ContourItem(DicomSource source, int k, LpsPoint[] points, int number)
    {
        DicomDataset item = [];
        if (source.Slices.Count > 0)
        {
            item.Add(DicomTag.ContourImageSequence, DerivedObject.ReferenceTo(source.Slices[k]));
        }

        item.Add(DicomTag.ContourGeometricType, "CLOSED_PLANAR");
        item.Add(DicomTag.NumberOfContourPoints, points.Length);
        item.Add(DicomTag.ContourNumber, number);
        item.Add(DicomTag.ContourData, [.. points.SelectMany(point => new[] { Short(point.L), Short(point.P), Short(point.S) })]);
        return item;
    }

    private static DicomDataset ObservationItem(DicomSegment segment, int number)
    {
        DicomDataset item = [];
        item.Add(DicomTag.ObservationNumber, number);
        item.Add(DicomTag.ReferencedROINumber, number);
        item.Add(DicomTag.RTROIIdentificationCodeSequence, segment.Type.ToItem());
        item.Add(DicomTag.RTROIInterpretedType, "");
        item.Add(DicomTag.ROIInterpreter, "");
        return item;
    }

    private static double Short(double mm) => Math.Round(mm, Decimals);
}
