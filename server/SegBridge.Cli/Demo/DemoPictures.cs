using SegBridge.Cli.Sheet;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Cli.Demo;

/// <summary>What a demo leaves behind: the mask as a volume and the contact sheet.</summary>
internal static class DemoPictures
{
    public static void WriteMask(string path, VolumeMask mask, VolumeGeometry geometry)
    {
        var voxels = new byte[mask.Size.VoxelCount];
        var box = mask.BoundingBox;
        if (!box.IsEmpty)
        {
            mask.Read(mask.Size.Bounds).Unpack(voxels);
        }

        VolumeFile.Write(path, new Volume(geometry, VoxelType.UInt8, Rescale.Identity, voxels));
    }

    public static void WriteSheet(string path, LabelledCase demoCase, IReadOnlyList<StepRecord> records, IntensityWindow? window, string title)
    {
        var rows = records.GroupBy(record => record.Slice).Select(slice => new SheetRow(
            FormattableString.Invariant($"slice {slice.Key}"),
            ViewOf(demoCase, new SlicePlane(Axis.K, slice.Key)),
            [.. slice.Select(record => new SheetStep(new SliceOverlay(record.Drawn.Positive, record.Drawn.Negative, record.Mask), record.Dice))]));
        var all = rows.ToArray();
        var canvas = ContactSheet.Render(all, window ?? WindowOf(all), title);
        using var file = File.Create(path);
        canvas.Save(file);
    }

    // Seen as a radiologist sees it: the patient's left on the right of the screen, posterior below.
    private static SliceView ViewOf(LabelledCase demoCase, SlicePlane slice)
    {
        var geometry = demoCase.Image.Geometry;
        var (rowSpacing, columnSpacing) = slice.PixelSpacing(geometry.Spacing);
        return new SliceView(
            demoCase.ValuesOn(slice),
            demoCase.TruthOn(slice),
            rowSpacing,
            columnSpacing,
            FlipRows: geometry.Direction[slice.RowAxis].P < -0.5,
            FlipColumns: geometry.Direction[slice.ColumnAxis].L < -0.5);
    }

    private static IntensityWindow WindowOf(IEnumerable<SheetRow> rows)
    {
        var (low, high) = Percentiles.Of([.. rows.SelectMany(row => row.View.Values)], 0.5, 99.5);
        return new IntensityWindow(low, Math.Max(high, low + 1e-6));
    }
}
