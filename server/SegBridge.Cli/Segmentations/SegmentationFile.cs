using System.Diagnostics.CodeAnalysis;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Formats;

namespace SegBridge.Cli.Segmentations;

/// <summary>Reads and writes segmentations of all kinds: label files, DICOM SEG and RTSTRUCT.</summary>
internal static class SegmentationFile
{
    /// <summary>Whether a file is DICOM, and which object.</summary>
    /// <returns>The file; null for one that is not DICOM.</returns>
    /// <exception cref="VolumeFormatException">It is DICOM, and malformed.</exception>
    public static DicomFile? OpenDicom(string path)
    {
        using (var stream = FileOnDisk.OpenRead(path))
        {
            Span<byte> start = stackalloc byte[132];
            var length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            if (!DicomFile.HasValidHeader(start[..length]))
            {
                return null;
            }
        }

        return DicomFile.Open(path);
    }

    public static bool IsSegmentation(DicomFile file) =>
        file.Dataset.GetStringOrNull(DicomTag.SOPClassUID) is DicomUID.SegmentationStorage or DicomUID.RTStructureSetStorage;

    /// <summary>Reads a segmentation.</summary>
    /// <param name="source">Puts it onto these images; null: onto a grid of its own, which contours do not have.</param>
    /// <exception cref="UserException">It is of other images, or needs the images that it lies on.</exception>
    /// <exception cref="VolumeFormatException">It cannot be read.</exception>
    public static Segmentation Read(string path, DicomSource? source, CancellationToken cancellation)
    {
        var file = OpenDicom(path);
        return file is null ? OnSource(LabelFile.Read(path), source) : Read(file, Path.GetFileName(path), source, cancellation);
    }

    /// <summary>The same of a DICOM file that is open.</summary>
    public static Segmentation Read(DicomFile file, string name, DicomSource? source, CancellationToken cancellation)
    {
        switch (file.Dataset.GetStringOrNull(DicomTag.SOPClassUID))
        {
            case DicomUID.SegmentationStorage:
                var segmentation = DicomSegmentation.Create(file.Dataset);
                RequireFrame(segmentation.FrameOfReferenceUID, source, name);
                var grid = source?.Grid ?? segmentation.OwnGrid();
                return new Segmentation(grid, segmentation.ToMasks(grid, cancellation));
            case DicomUID.RTStructureSetStorage:
                var structures = DicomStructureSet.Create(file.Dataset);
                RequireFrame(structures.FrameOfReferenceUID, source, name);
                return source is null
                    ? throw UserException.Usage($"{name} holds contours, which have no voxels of their own; name the folder of the images they lie on with --source DIR")
                    : new Segmentation(source.Grid, [.. structures.Rois.Select(roi => new SegmentMask(
                        DicomSegment.Of(roi.Name, roi.Type is null || roi.Type == DicomCode.Tissue ? "" : roi.Type.ToText()) with { Colour = roi.Colour },
                        DicomStructureSet.Rasterise(roi, source.Grid, cancellation)))]);
            default:
                throw new UserException($"{name} is DICOM, but neither a segmentation (SEG) nor a structure set (RTSTRUCT)");
        }
    }

    /// <summary>Writes a segmentation.</summary>
    /// <param name="source">The images that it lies on; needed for DICOM.</param>
    /// <param name="options">What a DICOM object says about itself.</param>
    /// <returns>Something to tell the person who asked, or null.</returns>
    /// <exception cref="UserException">Nothing is segmented, or DICOM lacks its images.</exception>
    public static string? Write(string path, FileKind kind, Segmentation segmentation, DicomSource? source, DerivedObjectOptions options)
    {
        if (!kind.IsDicom())
        {
            var lost = LabelFile.Write(path, segmentation);
            return lost == 0 ? null : $"{lost} voxels belong to several segments; a label file keeps the last one's label, DICOM SEG would keep all";
        }

        RequireSource(source);
        if (kind == FileKind.Seg && segmentation.Segments.All(segment => segment.Mask.Count == 0))
        {
            throw new UserException("nothing is segmented, and a DICOM segmentation cannot be empty");
        }

        var segments = source.Place(segmentation.Segments, segmentation.Grid).Select((segment, n) => segment with { Segment = Described(segment.Segment, n) }).ToArray();
        var file = kind == FileKind.Seg ? SegmentationWriter.Binary(source, segments, options) : StructureSetWriter.Write(source, segments, options);
        file.Save(path);
        return null;
    }

    /// <exception cref="UserException">There is none.</exception>
    public static void RequireSource([NotNull] DicomSource? source)
    {
        if (source is null)
        {
            throw UserException.Usage("a DICOM object belongs to the images that it was made from; name their folder with --source DIR");
        }
    }

    /// <summary>A segment as it is written to DICOM: with a colour, and by a name, since a label's number says nothing where no labels are.</summary>
    public static DicomSegment Described(DicomSegment segment, int position) => segment with
    {
        Label = segment.Label.All(char.IsAsciiDigit) ? $"Segment {segment.Label}" : segment.Label,
        Colour = segment.Colour ?? LabelFile.ColourOf(position),
    };

    private static Segmentation OnSource(Segmentation segmentation, DicomSource? source) =>
        source is null ? segmentation : new Segmentation(source.Grid, source.Place(segmentation.Segments, segmentation.Grid));

    private static void RequireFrame(string? frameOfReference, DicomSource? source, string name)
    {
        if (frameOfReference is not null && source?.Header.GetStringOrNull(DicomTag.FrameOfReferenceUID) is { } own && own != frameOfReference)
        {
            throw new UserException($"{name} belongs to other images than these: its frame of reference is another");
        }
    }
}
