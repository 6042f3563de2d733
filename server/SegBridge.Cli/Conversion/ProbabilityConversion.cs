using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Segmentations;
using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Formats;

namespace SegBridge.Cli.Conversion;

/// <summary>Probabilities from an image to a fractional DICOM segmentation and back; labels would be halves and more of them.</summary>
internal static class ProbabilityConversion
{
    /// <param name="dicom">The input where it is DICOM, else null.</param>
    /// <param name="names">What segments are to be called; of several in a DICOM segmentation the one that is named is taken.</param>
    /// <param name="source">Puts them onto these images; null: onto a grid of their own.</param>
    /// <returns>What was written: voxels of a half and more.</returns>
    /// <exception cref="UserException">The input holds no probabilities, or the output cannot hold them.</exception>
    public static Segmentation Run(
        string input, DicomFile? dicom, string output, FileKind kind, SegmentName[] names, DicomSource? source, DerivedObjectOptions options, CancellationToken cancellation)
    {
        if (dicom is null)
        {
            var image = VolumeFile.Read(input);
            var segment = names is [var name] ? name.Of(new DicomSegment(name.Id)) : new DicomSegment("1");
            var probabilities = ProbabilityFile.Of(segment, image, Path.GetFileName(input));
            ProbabilityFile.Write(output, kind, image.Geometry, [probabilities], source, options);
            return new Segmentation(image.Geometry, [probabilities.ToMask(image.Geometry.Size)]);
        }

        if (dicom.Dataset.GetStringOrNull(DicomTag.SOPClassUID) != DicomUID.SegmentationStorage || DicomSegmentation.Create(dicom.Dataset) is not { IsFractional: true } read)
        {
            throw UserException.Usage($"--probabilities: {Path.GetFileName(input)} has none; only a fractional DICOM segmentation has, or an image with values from 0 to 1");
        }

        var grid = source?.Grid ?? read.OwnGrid();
        var chosen = Enumerable.Range(0, read.Segments.Count).Where(n => names.Length == 0 || names.Any(name => name.Id == read.Segments[n].Label));
        SegmentProbabilities[] segments =
        [
            .. chosen.Select(n => SegmentProbabilities.Of(
                names.FirstOrDefault(name => name.Id == read.Segments[n].Label)?.Of(read.Segments[n]) ?? read.Segments[n], grid.Size, read.ToProbabilities(n, grid, cancellation))),
        ];
        ProbabilityFile.Write(output, kind, grid, segments, source, options);
        return new Segmentation(grid, [.. segments.Select(segment => segment.ToMask(grid.Size))]);
    }
}
