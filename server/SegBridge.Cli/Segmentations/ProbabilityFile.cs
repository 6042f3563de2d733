using System.CommandLine;
using System.Runtime.InteropServices;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Cli.Segmentations;

/// <summary>
/// How likely voxels belong to segments, in files: a fractional DICOM segmentation, or an image of one segment with values
/// from 0 to 1.
/// </summary>
internal static class ProbabilityFile
{
    private const float Whole = byte.MaxValue;

    public static Option<bool> Option(string description) => new("--probabilities") { Description = description };

    /// <summary>What is wrong with asking for probabilities in a file of this kind, or null.</summary>
    public static string? ComplaintAt(FileKind kind) => kind == FileKind.RtStruct ? "--probabilities cannot be written as contours; write .dcm, .nii.gz or .nrrd" : null;

    /// <summary>An image of probabilities, in 255ths.</summary>
    /// <exception cref="UserException">A value is not from 0 to 1.</exception>
    public static SegmentProbabilities Of(DicomSegment segment, Volume image, string name)
    {
        var values = new float[image.Geometry.Size.VoxelCount];
        image.ReadBox(image.Geometry.Bounds, values);
        // A little more than 1 is what single precision makes of a slope.
        return Array.Find(values, value => !(value is >= 0 and <= 1.0001f)) is var wrong && wrong != 0
            ? throw new UserException(FormattableString.Invariant($"{name} holds no probabilities: each voxel must be from 0 to 1, and one is {wrong}"))
            : SegmentProbabilities.Of(segment, image.Geometry.Size, Array.ConvertAll(values, value => (byte)Math.Min(Whole, MathF.Round(value * Whole))));
    }

    /// <summary>Writes probabilities.</summary>
    /// <param name="grid">Of the segments.</param>
    /// <param name="source">The images that they lie on; needed for DICOM.</param>
    /// <exception cref="UserException">All are 0, an image would hold several segments, or DICOM lacks its images.</exception>
    public static void Write(
        string path, FileKind kind, VolumeGeometry grid, IReadOnlyList<SegmentProbabilities> segments, DicomSource? source, DerivedObjectOptions options)
    {
        if (kind == FileKind.Seg)
        {
            SegmentationFile.RequireSource(source);
            if (segments.All(segment => segment.Box.IsEmpty))
            {
                throw new UserException("all probabilities are 0, and a DICOM segmentation cannot be empty");
            }

            var placed = source.Place(segments, grid).Select((segment, n) => segment with { Segment = SegmentationFile.Described(segment.Segment, n) });
            SegmentationWriter.Fractional(source, [.. placed], options).Save(path);
            return;
        }

        if (segments is not [var only])
        {
            throw UserException.Usage($"an image holds the probabilities of one segment, and there are {segments.Count}; write .dcm");
        }

        var values = new float[grid.Size.VoxelCount];
        var (box, at) = (only.Box, 0);
        for (var k = box.Lower.K; k < box.Upper.K; k++)
        {
            for (var j = box.Lower.J; j < box.Upper.J; j++)
            {
                var row = (((k * grid.Size.J) + j) * grid.Size.I) + box.Lower.I;
                for (var i = 0; i < box.Size.I; i++)
                {
                    values[row + i] = only.Values.Span[at++] / Whole;
                }
            }
        }

        VolumeFile.Write(path, new Volume(grid, VoxelType.Float32, Rescale.Identity, MemoryMarshal.AsBytes<float>(values).ToArray()));
    }
}
