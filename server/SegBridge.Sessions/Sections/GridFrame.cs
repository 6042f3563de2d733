using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Morphology;
using SegBridge.Imaging.Volumes;
using SegBridge.Models.Slices;
using SegBridge.Sessions.Prompts;

namespace SegBridge.Sessions.Sections;

/// <summary>A slice of the volume's own grid: each of its pixels is a voxel.</summary>
internal sealed class GridFrame : SectionFrame
{
    private readonly SlicePlane _plane;
    private readonly VolumeGeometry _volume;

    /// <exception cref="GeometryException">The slice is not in the volume.</exception>
    public GridFrame(SlicePlane plane, VolumeGeometry volume)
    {
        (_plane, _volume) = (plane, volume);
        (Rows, Columns) = plane.ShapeIn(volume.Size);
        Box = plane.BoxIn(volume.Size);
    }

    public override int Rows { get; }

    public override int Columns { get; }

    public override (double Row, double Column) PixelSpacing => _plane.PixelSpacing(_volume.Spacing);

    public override VoxelBox Box { get; }

    public override IReadOnlyList<BrickIndex> Missing(BrickStore store) => store.Missing(Box);

    public override float[] ReadImage(BrickStore store)
    {
        var pixels = new float[Rows * Columns];
        store.ReadSlice(_plane, pixels);
        return pixels;
    }

    public override PixelPoint PixelOf(VoxelPoint at, string what)
    {
        PromptPlane.RequireOn(_plane, at, what);
        var (row, column) = _plane.PixelOf(at);
        return new PixelPoint(row, column);
    }

    public override (int Row, int Column)? PixelOf(Ijk voxel) => Box.Contains(voxel) ? _plane.PixelOf(voxel) : null;

    public override Ijk? VoxelAt(int row, int column) => _plane.VoxelAt(row, column);

    public override SliceBox? Cut(VoxelBox box)
    {
        var section = box.Intersect(Box);
        if (section.IsEmpty)
        {
            return null;
        }

        var (row0, column0) = _plane.PixelOf(section.Lower);
        var (row1, column1) = _plane.PixelOf(new Ijk(section.Upper.I - 1, section.Upper.J - 1, section.Upper.K - 1));
        return new SliceBox(row0, column0, row1 + 1, column1 + 1);
    }

    public override bool Draw(BitBlock voxels, byte[] map)
    {
        var drawn = voxels.Crop(voxels.Box.Intersect(Box));
        foreach (var voxel in drawn.Voxels)
        {
            var (row, column) = _plane.PixelOf(voxel);
            map[(row * Columns) + column] = 1;
        }

        return drawn.Count > 0;
    }

    // The C-order (k, j, i) of a box one voxel thick is the slice's own row-major order on every axis.
    public override void Overwrite(byte[] map, BitBlock block)
    {
        var common = Box.Intersect(block.Box);
        if (common.IsEmpty)
        {
            return;
        }

        var size = Box.Size;
        for (var k = common.Lower.K; k < common.Upper.K; k++)
        {
            for (var j = common.Lower.J; j < common.Upper.J; j++)
            {
                var at = ((((k - Box.Lower.K) * size.J) + (j - Box.Lower.J)) * size.I) + (common.Lower.I - Box.Lower.I);
                block.UnpackRow(new Ijk(common.Lower.I, j, k), map.AsSpan(at, common.Size.I));
            }
        }
    }

    public override BitBlock OnVolume(ReadOnlySpan<byte> map, BitBlock? rest) => BitBlock.FromVoxels(Box, map);
}
