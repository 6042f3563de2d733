using SegBridge.Cli.Cases;
using SegBridge.Cli.Sheet;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Cli.Demo;

/// <summary>What a demo leaves behind: the mask as a volume and the contact sheet.</summary>
internal static class DemoFiles
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

    /// <param name="path">Of a PNG.</param>
    /// <param name="rows">At least one.</param>
    /// <param name="title">One line.</param>
    public static void WriteSheet(string path, IReadOnlyList<SheetRow> rows, string title)
    {
        var canvas = ContactSheet.Render(rows, title);
        using var file = File.Create(path);
        canvas.Save(file);
    }

    /// <summary>A slice as a radiologist sees it: head up or belly up, the patient's left on the right of the screen.</summary>
    public static SliceView ViewOf(LabelledCase demoCase, SlicePlane slice)
    {
        var geometry = demoCase.Image.Geometry;
        var (rowSpacing, columnSpacing) = slice.PixelSpacing(geometry.Spacing);
        var (down, across) = (geometry.Direction[slice.RowAxis], geometry.Direction[slice.ColumnAxis]);
        return new SliceView(
            demoCase.ValuesOn(slice),
            demoCase.TruthOn(slice),
            rowSpacing,
            columnSpacing,
            FlipRows: down.P < -0.5 || down.S > 0.5,
            FlipColumns: across.L < -0.5 || across.P < -0.5);
    }

    /// <summary>The middle 99 % of the values of a slice.</summary>
    public static IntensityWindow WindowOf(SliceView view)
    {
        var (low, high) = Percentiles.Of(view.Values, 0.5, 99.5);
        return new IntensityWindow(low, Math.Max(high, low + 1e-6));
    }
}
