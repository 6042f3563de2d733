using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Dicom;

/// <summary>Where a frame of an instance lies in the patient; known without its pixels.</summary>
/// <param name="Index">From 0 within the instance.</param>
/// <param name="FrameCount">Frames of the instance.</param>
/// <param name="Position">Centre of the first pixel.</param>
/// <param name="AlongRow">From a pixel to the next of its row, in mm.</param>
/// <param name="AlongColumn">From a pixel to the next of its column, in mm.</param>
/// <param name="Thickness">What the file says of the distance to the next slice in mm, or null.</param>
internal record FramePlace(
    DicomDataset Dataset, int Index, int FrameCount, LpsPoint Position, LpsVector AlongRow, LpsVector AlongColumn, double? Thickness)
{
    /// <summary>Unit vector at right angles to the slice, towards which slices are ordered.</summary>
    public LpsVector Normal { get; } = AlongRow.Cross(AlongColumn) * (1 / AlongRow.Cross(AlongColumn).Length);

    /// <summary>Millimetres along the normal.</summary>
    public double Height => (Position - default(LpsPoint)).Dot(Normal);

    public DicomFrameReference Reference => new(
        Dataset.GetStringOrNull(DicomTag.SOPClassUID) ?? "",
        Dataset.GetStringOrNull(DicomTag.SOPInstanceUID) ?? "",
        FrameCount > 1 ? Index + 1 : null,
        Position);

    /// <summary>The places of all frames of an instance that have one.</summary>
    /// <exception cref="VolumeFormatException">The description of a frame is malformed.</exception>
    public static IEnumerable<FramePlace> Of(DicomDataset dataset)
    {
        var count = dataset.GetIntOrNull(DicomTag.NumberOfFrames) ?? 1;
        var groups = new FunctionalGroups(dataset);
        // Without a group of its own a frame has no place, so that the declared number needs no trust.
        for (var index = 0; index < Math.Min(count, Math.Max(1, groups.FrameCount)); index++)
        {
            if (Of(dataset, groups, index, count) is { } place)
            {
                yield return place;
            }
        }
    }

    /// <returns>Null for a frame that lies nowhere.</returns>
    /// <exception cref="VolumeFormatException">The description is malformed.</exception>
    public static FramePlace? Of(DicomDataset dataset, FunctionalGroups groups, int index, int count)
    {
        var positioned = groups.Find(index, DicomTag.PlanePositionSequence, DicomTag.ImagePositionPatient);
        // Several frames cannot all lie at the one place that the instance names.
        if (count > 1 && positioned == dataset)
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

        return new FramePlace(
            dataset, index, count,
            new LpsPoint(position[0], position[1], position[2]),
            row * (spacing[1] / row.Length),
            column * (spacing[0] / column.Length),
            ThicknessOf(measures!, dataset));
    }

    private static double? ThicknessOf(DicomDataset measures, DicomDataset dataset)
    {
        var mm = measures.GetDoubleOrNull(DicomTag.SpacingBetweenSlices) ?? dataset.GetDoubleOrNull(DicomTag.SpacingBetweenSlices)
            ?? measures.GetDoubleOrNull(DicomTag.SliceThickness);
        return mm is null or 0 ? null : Math.Abs(mm.Value);
    }
}
