using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Segmentations;
using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Cli.Segment;

/// <summary>The segments of an earlier segmentation that prompts go on from.</summary>
internal static class InitialMasks
{
    /// <param name="path">Null: there are none.</param>
    /// <param name="names">Segments of the prompts. One takes the mask of its name; a single mask goes to the first.</param>
    /// <param name="grid">Of the volume.</param>
    /// <param name="source">The DICOM images of the volume, if it was made of such.</param>
    /// <exception cref="UserException">No segment of the file belongs to one of the prompts, or they lie on other voxels.</exception>
    public static IReadOnlyList<(string Segment, VolumeMask Mask)> Read(
        string? path, IReadOnlyList<string> names, VolumeGeometry grid, DicomSource? source, CancellationToken cancellation)
    {
        if (path is null)
        {
            return [];
        }

        var read = SegmentationFile.Read(GivenFile.Require("--mask", path), source, cancellation);
        var alignment = GridAlignment.Find(read.Grid, grid)
            ?? throw new UserException($"--mask: {Path.GetFileName(path)} does not lie on the voxels of the image: {GridDifference.Between(read.Grid, "its segments", grid, "the image")}");
        var masks = read.Segments.Where(segment => segment.Mask.Count > 0).ToArray();
        var chosen = masks.Where(segment => names.Contains(segment.Segment.Label)).Select(segment => (segment.Segment.Label, segment.Mask)).ToArray();
        if (chosen.Length == 0 && masks is [var only])
        {
            chosen = [(names[0], only.Mask)];
        }

        return chosen.Length > 0
            ? [.. chosen.Select(segment => (segment.Label, alignment.Apply(segment.Mask)
                ?? throw new UserException($"--mask: {Path.GetFileName(path)} reaches beyond the image")))]
            : throw new UserException(
                $"--mask: {Path.GetFileName(path)} has the segments {string.Join(", ", read.Segments.Select(segment => segment.Segment.Label))}; call those of the prompts alike (they are {string.Join(", ", names)})");
    }
}
