using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Morphology;
using SegBridge.Imaging.Volumes;
using SegBridge.Models.Slices;
using SegBridge.Sessions.Errors;

namespace SegBridge.Sessions.Sections;

/// <summary>
/// How the pixels of a section and the voxels of its volume belong together. Pixels are row-major; a pixel's integer
/// coordinates are its centre. Immutable.
/// </summary>
internal abstract class SectionFrame
{
    public abstract int Rows { get; }

    public abstract int Columns { get; }

    /// <summary>Millimetres down and across.</summary>
    public abstract (double Row, double Column) PixelSpacing { get; }

    /// <summary>The smallest box that holds all voxels which a prediction on the section sets.</summary>
    public abstract VoxelBox Box { get; }

    /// <exception cref="GeometryException">The slice is not in the volume.</exception>
    public static SectionFrame Of(Section section, VolumeGeometry volume) => section switch
    {
        Section.OnGrid grid => new GridFrame(grid.Plane, volume),
        Section.Oblique oblique => new ObliqueFrame(oblique.Plane, volume),
        _ => throw new ArgumentOutOfRangeException(nameof(section)),
    };

    /// <summary>The bricks without which the image cannot be read and that are not here.</summary>
    public abstract IReadOnlyList<BrickIndex> Missing(BrickStore store);

    /// <summary>Real values, rows × columns.</summary>
    /// <exception cref="MissingBricksException">Some bricks are not here.</exception>
    public abstract float[] ReadImage(BrickStore store);

    /// <summary>The pixel coordinates of a position; it may lie beside the pixels.</summary>
    /// <exception cref="InvalidRequestException">It is off the section; <paramref name="what"/> names it.</exception>
    public abstract PixelPoint PixelOf(VoxelPoint at, string what);

    /// <summary>The pixel that a voxel belongs to; null when a prediction on the section does not reach it.</summary>
    public abstract (int Row, int Column)? PixelOf(Ijk voxel);

    /// <summary>The voxel at a pixel's centre; null outside the volume.</summary>
    public abstract Ijk? VoxelAt(int row, int column);

    /// <summary>The smallest rectangle of the pixels in a box; null when it holds none.</summary>
    public abstract SliceBox? Cut(VoxelBox box);

    /// <summary>Sets the pixels that the set voxels of a block belong to. Returns whether there was any.</summary>
    public abstract bool Draw(BitBlock voxels, byte[] map);

    /// <summary>Sets the pixels whose voxel is in a block's box to 1 or 0 as the block says.</summary>
    public abstract void Overwrite(byte[] map, BitBlock block);

    /// <summary>What pixels mean on the volume, in <see cref="Box"/>; voxels off the section are as in <paramref name="rest"/>, or clear without it.</summary>
    public abstract BitBlock OnVolume(ReadOnlySpan<byte> map, BitBlock? rest);

    /// <summary>A mask as the section shows it, 0/1.</summary>
    public byte[] Show(BitBlock mask)
    {
        var map = new byte[Rows * Columns];
        Overwrite(map, mask);
        return map;
    }
}
