using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Dicom;

/// <summary>What objects made from a series belong to: a grid, a patient and a study, and the images of each slice.</summary>
/// <param name="Grid">Where the voxels lie.</param>
/// <param name="Header">One instance of the series: patient, study and frame of reference.</param>
/// <param name="Slices">The image of each slice along k; empty where slices were interpolated.</param>
/// <param name="Instances">All source images, each once.</param>
public sealed record DicomSource(
    VolumeGeometry Grid, DicomDataset Header, IReadOnlyList<DicomFrameReference> Slices, IReadOnlyList<DicomFrameReference> Instances)
{
    // The headers may be written with few digits, and a client's geometry be single precision.
    private const double Tolerance = 0.1;

    private static readonly DicomTag[] Common = [DicomTag.StudyInstanceUID, DicomTag.SeriesInstanceUID, DicomTag.FrameOfReferenceUID];

    /// <summary>The source of a volume that somebody else has made of a series, from headers of its images.</summary>
    /// <param name="headers">With or without pixels, in any order. Frames that are not on the volume's voxels are left out.</param>
    /// <param name="volume">On the voxels of the images; its axes may run in any order and direction.</param>
    /// <exception cref="VolumeFormatException">A header is malformed, they are of several series, or none is of the volume.</exception>
    /// <exception cref="DicomSeriesException">The slices are not even, or several lie at one place.</exception>
    public static DicomSource Of(IReadOnlyList<DicomDataset> headers, VolumeGeometry volume)
    {
        foreach (var tag in Common)
        {
            if (headers.Select(header => header.GetString(tag)).Distinct().Count() > 1)
            {
                throw new VolumeFormatException($"the {headers.Count} headers must be of one series, but differ in {tag}");
            }
        }

        FramePlace[] places = [.. headers.SelectMany(FramePlace.Of).Where(place => IsOn(volume, place)).OrderBy(place => place.Height)];
        if (places.Length == 0)
        {
            throw new VolumeFormatException($"none of the {headers.Count} headers is of a slice that lies on the voxels of the {volume.Size} volume");
        }

        var (first, spacing) = (places[0], SliceSpacing.Of(places));
        if (DicomStack.DuplicatesIn(places))
        {
            throw new DicomSeriesException(
                DicomSeriesProblem.DuplicateSlices, "several headers are of slices at the same place; give only those of the images that the volume was made of");
        }

        if (spacing.Problem is { } problem)
        {
            throw new DicomSeriesException(problem, $"{spacing.Explanation}; give the header of each slice of the volume");
        }

        var (columns, rows) = SizeOf(first);
        var size = GridSteps.SizeOf(columns, rows, places.Length, "the images");
        var grid = new GridSteps(first.AlongRow, first.AlongColumn, spacing.Step, first.Position).ToGeometry(size, "the positions of the slices");
        return new DicomSource(grid, first.Dataset, [.. places.Select(place => place.Reference)], [.. places.Select(place => place.Reference)]);
    }

    /// <summary>Segments on this grid, from another one of the same voxels.</summary>
    /// <exception cref="VolumeFormatException">They lie on other voxels, or beyond the images.</exception>
    public IReadOnlyList<SegmentMask> Place(IReadOnlyList<SegmentMask> segments, VolumeGeometry on)
    {
        var alignment = GridAlignment.Find(on, Grid)
            ?? throw new VolumeFormatException($"the segments must lie on the voxels of the images ({Grid}), and lie on others ({on}); resample them first");
        return [.. segments.Select(segment => segment with
        {
            Mask = alignment.Apply(segment.Mask) ?? throw new VolumeFormatException($"a segment reaches beyond the {Grid.Size} voxels of the images"),
        })];
    }

    private static bool IsOn(VolumeGeometry volume, FramePlace place)
    {
        var (columns, rows) = SizeOf(place);
        LpsPoint[] corners =
        [
            place.Position,
            place.Position + (place.AlongRow * (columns - 1)),
            place.Position + (place.AlongColumn * (rows - 1)),
        ];
        return corners.Select(volume.ToVoxel).All(at =>
        {
            var voxel = at.Nearest();
            return volume.Size.Contains(voxel)
                && Math.Abs(at.I - voxel.I) <= Tolerance && Math.Abs(at.J - voxel.J) <= Tolerance && Math.Abs(at.K - voxel.K) <= Tolerance;
        });
    }

    private static (int Columns, int Rows) SizeOf(FramePlace place) =>
        (place.Dataset.GetInt(DicomTag.Columns), place.Dataset.GetInt(DicomTag.Rows));
}
