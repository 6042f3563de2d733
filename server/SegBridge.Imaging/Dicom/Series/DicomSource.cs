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

        FramePlace[] all = [.. headers.SelectMany(FramePlace.Of).OrderBy(place => place.Height)];
        FramePlace[] places = [.. all.Where(place => IsOn(volume, place))];
        if (places.Length == 0)
        {
            throw new VolumeFormatException(
                $"none of the {headers.Count} headers is of a slice that lies on the voxels of the {volume.Size} volume{Difference(volume, all)}");
        }

        var spacing = SliceSpacing.Of(places);
        if (DicomStack.DuplicatesIn(places))
        {
            throw new DicomSeriesException(
                DicomSeriesProblem.DuplicateSlices, "several headers are of slices at the same place; give only those of the images that the volume was made of");
        }

        if (spacing.Problem is { } problem)
        {
            throw new DicomSeriesException(problem, $"{spacing.Explanation}; give the header of each slice of the volume");
        }

        return new DicomSource(GridOf(places, spacing), places[0].Dataset, [.. places.Select(place => place.Reference)], [.. places.Select(place => place.Reference)]);
    }

    /// <summary>Segments on this grid, from another one of the same voxels.</summary>
    /// <exception cref="VolumeFormatException">They lie on other voxels, or beyond the images.</exception>
    public IReadOnlyList<SegmentMask> Place(IReadOnlyList<SegmentMask> segments, VolumeGeometry on)
    {
        var alignment = AlignmentOf(on);
        return [.. segments.Select(segment => segment with { Mask = alignment.Apply(segment.Mask) ?? throw Beyond() })];
    }

    /// <summary>The same of probabilities.</summary>
    /// <exception cref="VolumeFormatException">They lie on other voxels, or beyond the images.</exception>
    public IReadOnlyList<SegmentProbabilities> Place(IReadOnlyList<SegmentProbabilities> segments, VolumeGeometry on)
    {
        var alignment = AlignmentOf(on);
        return [.. segments.Select(segment =>
        {
            var (box, values) = alignment.Apply(segment.Box, segment.Values) ?? throw Beyond();
            return segment with { Box = box, Values = values };
        })];
    }

    private GridAlignment AlignmentOf(VolumeGeometry segments) => GridAlignment.Find(segments, Grid) ?? throw new VolumeFormatException(
        $"the segments must lie on the voxels of the images, {Grid.Size} of them: {GridDifference.Between(segments, "the segments", Grid, "the images")}; resample them first");

    private VolumeFormatException Beyond() => new($"a segment reaches beyond the {Grid.Size} voxels of the images");

    private static string Difference(VolumeGeometry volume, FramePlace[] all)
    {
        if (all.Length == 0 || SliceSpacing.Of(all) is not { Problem: null } spacing)
        {
            return "";
        }

        var images = GridOf(all, spacing);
        return GridAlignment.Find(volume, images) is null ? ": " + GridDifference.Between(volume, "the volume", images, "the images") : ": all lie beside it";
    }

    private static VolumeGeometry GridOf(FramePlace[] places, SliceSpacing spacing)
    {
        var (columns, rows) = SizeOf(places[0]);
        var size = GridSteps.SizeOf(columns, rows, places.Length, "the images");
        return new GridSteps(places[0].AlongRow, places[0].AlongColumn, spacing.Step, places[0].Position).ToGeometry(size, "the positions of the slices");
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
