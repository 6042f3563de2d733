using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Morphology;

namespace SegBridge.Imaging.Dicom;

/// <summary>One contour of a region of interest.</summary>
/// <param name="GeometricType">"CLOSED_PLANAR" and the like.</param>
/// <param name="Points">In order, the first not repeated.</param>
public sealed record DicomContour(string GeometricType, IReadOnlyList<LpsPoint> Points);

/// <summary>One region of interest.</summary>
/// <param name="Number">Unique in its structure set.</param>
/// <param name="Contours">None for one that is empty.</param>
public sealed record DicomRoi(int Number, string Name, IReadOnlyList<DicomContour> Contours)
{
    /// <summary>What it is, or null.</summary>
    public DicomCode? Type { get; init; }

    /// <summary>Red, green and blue in which to show it, or null.</summary>
    public (byte Red, byte Green, byte Blue)? Colour { get; init; }
}

/// <summary>An RT Structure Set: regions of interest as contours.</summary>
public sealed class DicomStructureSet
{
    // Contours are drawn on slices: what is further than this from one belongs to another volume.
    private const double MaxOffSlice = 0.5;
    // Rows that a contour may cross in all; the outline of a slice of noise crosses a tenth of it.
    private const double MaxCrossings = 8e6;

    private DicomStructureSet(DicomDataset dataset)
    {
        var contours = dataset.GetSequence(DicomTag.ROIContourSequence).ToLookup(item => item.GetInt(DicomTag.ReferencedROINumber));
        var observations = dataset.GetSequence(DicomTag.RTROIObservationsSequence).ToLookup(item => item.GetIntOrNull(DicomTag.ReferencedROINumber));
        Rois =
        [
            .. dataset.GetSequence(DicomTag.StructureSetROISequence).Select(item =>
            {
                var number = item.GetInt(DicomTag.ROINumber);
                return new DicomRoi(
                    number, item.GetStringOrNull(DicomTag.ROIName) ?? "",
                    [.. contours[number].SelectMany(own => own.GetSequence(DicomTag.ContourSequence)).Select(ContourOf)])
                {
                    Type = DicomCode.Of(observations[number].FirstOrDefault()?.GetItemOfSequence(DicomTag.RTROIIdentificationCodeSequence)),
                    Colour = ColourOf(contours[number].FirstOrDefault()),
                };
            }),
        ];
        FrameOfReferenceUID = dataset.GetStringOrNull(DicomTag.FrameOfReferenceUID)
            ?? dataset.GetItemOfSequence(DicomTag.ReferencedFrameOfReferenceSequence)?.GetStringOrNull(DicomTag.FrameOfReferenceUID);
    }

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<DicomRoi> Rois { get; }

    /// <summary>Equal to that of the images that the contours lie on.</summary>
    public string? FrameOfReferenceUID { get; }

    /// <summary>Reads a structure set.</summary>
    /// <exception cref="VolumeFormatException">A contour is malformed.</exception>
    public static DicomStructureSet Create(DicomDataset dataset) => new(dataset);

    /// <summary>
    /// The voxels whose centres lie within the closed contours of a region. Contours on the same slice are combined by
    /// the even–odd rule, so that one within another makes a hole. Points and open lines have no inside.
    /// </summary>
    /// <exception cref="VolumeFormatException">A contour does not lie on one slice along k of the grid, or is beyond measure.</exception>
    public static VolumeMask Rasterise(DicomRoi roi, VolumeGeometry grid, CancellationToken cancellation = default)
    {
        var mask = new VolumeMask(grid.Size);
        var closed = roi.Contours.Where(contour => contour.GeometricType.StartsWith("CLOSED", StringComparison.Ordinal) && contour.Points.Count >= 3);
        foreach (var onSlice in closed.Select(contour => OnSlice(contour, grid)).Where(contour => contour.K >= 0 && contour.K < grid.Size.K).GroupBy(contour => contour.K))
        {
            Fill(mask, onSlice.Key, onSlice.Select(contour => contour.Points), cancellation);
        }

        return mask;
    }

    private static void Fill(VolumeMask mask, int k, IEnumerable<PixelPoint[]> polygons, CancellationToken cancellation)
    {
        var size = mask.Size;
        var slice = new byte[size.I * size.J];
        foreach (var polygon in polygons)
        {
            cancellation.ThrowIfCancellationRequested();
            // Only the part of the slice that the polygon reaches.
            var (top, bottom) = Range(polygon.Min(point => point.Row), polygon.Max(point => point.Row), size.J);
            var (left, right) = Range(polygon.Min(point => point.Column), polygon.Max(point => point.Column), size.I);
            if (top >= bottom || left >= right)
            {
                continue;
            }

            var part = new byte[(bottom - top) * (right - left)];
            Rasteriser.Polygon(part, bottom - top, right - left, [.. polygon.Select(point => new PixelPoint(point.Row - top, point.Column - left))]);
            for (var n = 0; n < part.Length; n++)
            {
                var (row, column) = Math.DivRem(n, right - left);
                slice[((top + row) * size.I) + left + column] ^= part[n];
            }
        }

        mask.Replace(BitBlock.FromVoxels(new SlicePlane(Axis.K, k).BoxIn(size), slice));
    }

    private static (int Low, int End) Range(double low, double high, int length) =>
        ((int)Math.Clamp(Math.Floor(low), 0, length), (int)Math.Clamp(Math.Ceiling(high) + 1, 0, length));

    private static (int K, PixelPoint[] Points) OnSlice(DicomContour contour, VolumeGeometry grid)
    {
        var points = contour.Points.Select(grid.ToVoxel).ToArray();
        var k = new VoxelPoint(0, 0, points.Average(point => point.K)).Nearest().K;
        var crossings = points.Zip(points.Skip(1), (a, b) => Math.Min(Math.Abs(a.J - b.J), grid.Size.J)).Sum();
        if (crossings > MaxCrossings)
        {
            throw new VolumeFormatException($"a contour of {points.Length} points crosses the rows of the {grid.Size} volume more than {MaxCrossings:0} times");
        }

        return points.All(point => Math.Abs(point.K - k) <= MaxOffSlice)
            ? (k, [.. points.Select(point => new PixelPoint(point.J, point.I))])
            : throw new VolumeFormatException($"each contour must lie on one slice of the {grid.Size} volume; one runs across slices");
    }

    private static (byte Red, byte Green, byte Blue)? ColourOf(DicomDataset? item) =>
        item?.GetDoubles(DicomTag.ROIDisplayColor) is [>= 0 and <= 255 and var red, >= 0 and <= 255 and var green, >= 0 and <= 255 and var blue]
            ? ((byte)red, (byte)green, (byte)blue)
            : null;

    private static DicomContour ContourOf(DicomDataset item)
    {
        var numbers = item.GetDoubles(DicomTag.ContourData);
        if (numbers.Length % 3 != 0)
        {
            throw new VolumeFormatException($"Contour Data must be three numbers for each point, got {numbers.Length}");
        }

        return new DicomContour(
            item.GetStringOrNull(DicomTag.ContourGeometricType) ?? "",
            [.. numbers.Chunk(3).Select(point => new LpsPoint(point[0], point[1], point[2]))]);
    }
}
