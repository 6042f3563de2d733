using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Dicom;

/// <summary>Which frame of which instance: what other objects refer to.</summary>
/// <param name="Frame">From 1; null for an instance of one frame.</param>
/// <param name="Position">Centre of its first pixel, exactly as the file has it.</param>
public sealed record DicomFrameReference(string SOPClassUID, string SOPInstanceUID, int? Frame, LpsPoint Position);

/// <summary>One slice of a series: a frame and its place.</summary>
/// <param name="Index">From 0 within the instance.</param>
/// <param name="Position">Centre of the first pixel.</param>
/// <param name="AlongRow">From a pixel to the next of its row, in mm.</param>
/// <param name="AlongColumn">From a pixel to the next of its column, in mm.</param>
/// <param name="Thickness">What the file says of the distance to the next slice in mm, or null.</param>
/// <param name="Marks">What may tell apart slices at the same place, in the order of <see cref="FrameMarks"/>.</param>
internal sealed record DicomFrame(
    DicomDataset Dataset, DicomPixelData Pixels, int Index, LpsPoint Position, LpsVector AlongRow, LpsVector AlongColumn,
    double? Thickness, Rescale Rescale, IReadOnlyList<string> Marks, bool IsLocaliser)
{
    /// <summary>Unit vector at right angles to the slice, towards which slices are ordered.</summary>
    public LpsVector Normal { get; } = AlongRow.Cross(AlongColumn) * (1 / AlongRow.Cross(AlongColumn).Length);

    /// <summary>Millimetres along the normal.</summary>
    public double Height => (Position - default(LpsPoint)).Dot(Normal);

    public DicomFrameReference Reference => new(
        Dataset.GetStringOrNull(DicomTag.SOPClassUID) ?? "",
        Dataset.GetStringOrNull(DicomTag.SOPInstanceUID) ?? "",
        Pixels.NumberOfFrames > 1 ? Index + 1 : null,
        Position);

    /// <summary>All frames of an instance that have a place.</summary>
    /// <exception cref="VolumeFormatException">The description of a frame is malformed.</exception>
    public static IEnumerable<DicomFrame> Of(DicomDataset dataset, DicomReadLimits limits)
    {
        var pixels = DicomPixelData.Create(dataset, limits);
        var groups = new FunctionalGroups(dataset);
        for (var index = 0; index < pixels.NumberOfFrames; index++)
        {
            if (Of(dataset, pixels, groups, index) is { } frame)
            {
                yield return frame;
            }
        }
    }

    private static DicomFrame? Of(DicomDataset dataset, DicomPixelData pixels, FunctionalGroups groups, int index)
    {
        var positioned = groups.Find(index, DicomTag.PlanePositionSequence, DicomTag.ImagePositionPatient);
        // Several frames cannot all lie at the one place that the instance names.
        if (pixels.NumberOfFrames > 1 && positioned == dataset)
        {
            return null;
        }

        var position = positioned?.GetDoubles(DicomTag.ImagePositionPatient) ?? [];
        var orientation = groups.Find(index, DicomTag.PlaneOrientationSequence, DicomTag.ImageOrientationPatient)?.GetDoubles(DicomTag.ImageOrientationPatient) ?? [];
        if (position.Length == 0 || orientation.Length == 0)
        {
            return null;
        }

        var measures = groups.Find(index, DicomTag.PixelMeasuresSequence, DicomTag.PixelSpacing);
        var spacing = measures?.GetDoubles(DicomTag.PixelSpacing) ?? [];
        if (position.Length != 3 || orientation.Length != 6 || spacing.Length != 2 || spacing.Any(mm => !(mm > 0)))
        {
            throw new VolumeFormatException(
                "a slice needs Image Position (Patient) of 3 numbers, Image Orientation (Patient) of 6 and Pixel Spacing of 2 above 0, and has not");
        }

        var row = new LpsVector(orientation[0], orientation[1], orientation[2]);
        var column = new LpsVector(orientation[3], orientation[4], orientation[5]);
        if (Math.Abs(row.Length - 1) > 0.01 || Math.Abs(column.Length - 1) > 0.01 || Math.Abs(row.Dot(column)) > 0.01)
        {
            throw new VolumeFormatException("Image Orientation (Patient) must be two unit vectors at right angles, and is not");
        }

        return new DicomFrame(
            dataset, pixels, index,
            new LpsPoint(position[0], position[1], position[2]),
            row * (spacing[1] / row.Length),
            column * (spacing[0] / column.Length),
            ThicknessOf(measures!, dataset),
            RescaleOf(groups.Find(index, DicomTag.PixelValueTransformationSequence, DicomTag.RescaleSlope)),
            FrameMarks.Of(groups, index),
            (groups.Find(index, DicomTag.CTImageFrameTypeSequence, DicomTag.FrameType)?.GetStrings(DicomTag.FrameType)
                ?? dataset.GetStrings(DicomTag.ImageType)).Any(value => value is "LOCALIZER"));
    }

    private static double? ThicknessOf(DicomDataset measures, DicomDataset dataset)
    {
        var mm = measures.GetDoubleOrNull(DicomTag.SpacingBetweenSlices) ?? dataset.GetDoubleOrNull(DicomTag.SpacingBetweenSlices)
            ?? measures.GetDoubleOrNull(DicomTag.SliceThickness);
        return mm is null or 0 ? null : Math.Abs(mm.Value);
    }

    private static Rescale RescaleOf(DicomDataset? transformation)
    {
        var rescale = new Rescale(
            transformation?.GetDoubleOrNull(DicomTag.RescaleSlope) ?? 1,
            transformation?.GetDoubleOrNull(DicomTag.RescaleIntercept) ?? 0);
        return rescale.IsValid ? rescale : throw new VolumeFormatException("Rescale Slope must not be 0, and is");
    }
}
