using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Dicom;

/// <summary>Which frame of which instance: what other objects refer to.</summary>
/// <param name="Frame">From 1; null for an instance of one frame.</param>
/// <param name="Position">Centre of its first pixel, exactly as the file has it.</param>
public sealed record DicomFrameReference(string SOPClassUID, string SOPInstanceUID, int? Frame, LpsPoint Position);

/// <summary>One slice of a series: a frame, its place and its pixels.</summary>
/// <param name="Marks">What may tell apart slices at the same place, in the order of <see cref="FrameMarks"/>.</param>
internal sealed record DicomFrame(FramePlace Place, DicomPixelData Pixels, Rescale Rescale, IReadOnlyList<string> Marks, bool IsLocaliser)
    : FramePlace(Place)
{
    /// <summary>All frames of an instance that have a place.</summary>
    /// <exception cref="VolumeFormatException">The description of a frame is malformed.</exception>
    public static IEnumerable<DicomFrame> Of(DicomDataset dataset, DicomReadLimits limits)
    {
        var pixels = DicomPixelData.Create(dataset, limits);
        var groups = new FunctionalGroups(dataset);
        for (var index = 0; index < pixels.NumberOfFrames; index++)
        {
            if (Of(dataset, groups, index, pixels.NumberOfFrames) is { } place)
            {
                yield return new DicomFrame(
                    place,
                    pixels,
                    RescaleOf(groups.Find(index, DicomTag.PixelValueTransformationSequence, DicomTag.RescaleSlope)),
                    FrameMarks.Of(groups, index),
                    (groups.Find(index, DicomTag.CTImageFrameTypeSequence, DicomTag.FrameType)?.GetStrings(DicomTag.FrameType)
                        ?? dataset.GetStrings(DicomTag.ImageType)).Any(value => value is "LOCALIZER"));
            }
        }
    }

    private static Rescale RescaleOf(DicomDataset? transformation)
    {
        var rescale = new Rescale(
            transformation?.GetDoubleOrNull(DicomTag.RescaleSlope) ?? 1,
            transformation?.GetDoubleOrNull(DicomTag.RescaleIntercept) ?? 0);
        return rescale.IsValid ? rescale : throw new VolumeFormatException("Rescale Slope must not be 0, and is");
    }
}
