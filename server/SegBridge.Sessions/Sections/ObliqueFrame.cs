using System.Globalization;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Morphology;
using SegBridge.Imaging.Resampling;
using SegBridge.Imaging.Volumes;
using SegBridge.Models.Slices;
using SegBridge.Sessions.Errors;

namespace SegBridge.Sessions.Sections;

/// <summary>
/// A slice in any direction. Its image is interpolated linearly from the volume; pixels outside the volume take the least
/// value of those inside. A prediction sets the voxels that the slice passes through (<see cref="ObliquePlane.SlabIn"/>),
/// each to the pixel nearest to the projection of its centre; all others stay as they are.
/// </summary>
internal sealed class ObliqueFrame : SectionFrame
{
    // Pixels of a tile along each axis: the box of voxels around a small piece of a leaning slice holds little beside it.
    private const int TileSize = 16;
    // Puts the centres of voxels on the slab's border, as of two layers with the slice midway, on one side for sure.
    private const double Tie = 1e-6;
    // As for slices of the grid: half a voxel either side belongs to the slice; the rest is rounding.
    private const double Reach = 0.5 + 1e-3;

    private readonly VolumeGeometry _volume;
    private readonly VolumeGeometry _slab;

    /// <exception cref="InvalidRequestException">The slice passes through no voxel.</exception>
    public ObliqueFrame(ObliquePlane plane, VolumeGeometry volume)
    {
        (_volume, _slab) = (volume, plane.SlabIn(volume));
        (Rows, Columns) = (plane.Rows, plane.Columns);
        Box = BoxOf(_slab, volume);
        if (!SlabVoxels().Any())
        {
            throw new InvalidRequestException(
                $"oblique: the slice passes through no voxel of the volume of {volume.Size} voxels; its origin is an LPS position in millimetres");
        }
    }

    public override int Rows { get; }

    public override int Columns { get; }

    public override (double Row, double Column) PixelSpacing => (_slab.Spacing.J, _slab.Spacing.I);

    public override VoxelBox Box { get; }

    public override IReadOnlyList<BrickIndex> Missing(BrickStore store) =>
        [.. Tiles().SelectMany(tile => store.Missing(tile.SourceBox)).Distinct()];

    public override float[] ReadImage(BrickStore store)
    {
        var pixels = new float[Rows * Columns];
        pixels.AsSpan().Fill(float.NaN);
        foreach (var tile in Tiles())
        {
            var source = new float[tile.SourceBox.VoxelCount];
            store.ReadBox(tile.SourceBox, source);
            var size = tile.Target.Size;
            var values = new float[size.VoxelCount];
            new GridResampler(_volume.Crop(tile.SourceBox), tile.Target).Resample(source, values, Interpolation.Linear, float.NaN);
            var corner = _slab.ToVoxel(tile.Target.Origin).Nearest();
            for (var row = 0; row < size.J; row++)
            {
                values.AsSpan(row * size.I, size.I).CopyTo(pixels.AsSpan(((corner.J + row) * Columns) + corner.I));
            }
        }

        var inside = pixels.Where(float.IsFinite).DefaultIfEmpty(0).Min();
        foreach (ref var pixel in pixels.AsSpan())
        {
            pixel = float.IsNaN(pixel) ? inside : pixel;
        }

        return pixels;
    }

    public override PixelPoint PixelOf(VoxelPoint at, string what)
    {
        var place = _slab.ToVoxel(_volume.ToLps(at));
        return Math.Abs(place.K) <= Reach
            ? new PixelPoint(place.J, place.I)
            : throw new InvalidRequestException(string.Create(
                CultureInfo.InvariantCulture,
                $"{what} is {Math.Abs(place.K) * _slab.Spacing.K:0.##} mm off the oblique slice, which is {_slab.Spacing.K:0.##} mm thick; a 2D model takes prompts on the slice it predicts"));
    }

    public override (int Row, int Column)? PixelOf(Ijk voxel) => PixelAt(_slab.ToVoxel(_volume.ToLps(voxel)));

    public override Ijk? VoxelAt(int row, int column)
    {
        var voxel = _volume.ToVoxel(_slab.ToLps(new Ijk(column, row, 0))).Nearest();
        return _volume.Bounds.Contains(voxel) ? voxel : null;
    }

    public override SliceBox? Cut(VoxelBox box)
    {
        SliceBox? cut = null;
        foreach (var (row, column, _) in PixelsIn(box))
        {
            cut = cut is { } before
                ? new SliceBox(before.Row0, Math.Min(before.Column0, column), row + 1, Math.Max(before.Column1, column + 1))
                : new SliceBox(row, column, row + 1, column + 1);
        }

        return cut;
    }

    public override bool Draw(BitBlock voxels, byte[] map)
    {
        var drawn = false;
        foreach (var voxel in voxels.Voxels)
        {
            if (PixelOf(voxel) is var (row, column))
            {
                map[(row * Columns) + column] = 1;
                drawn = true;
            }
        }

        // Pixels finer than voxels would leave gaps.
        foreach (var (row, column, voxel) in PixelsIn(voxels.Box))
        {
            map[(row * Columns) + column] |= voxels[voxel] ? (byte)1 : (byte)0;
        }

        return drawn;
    }

    public override void Overwrite(byte[] map, BitBlock block)
    {
        foreach (var (row, column, voxel) in PixelsIn(block.Box))
        {
            map[(row * Columns) + column] = block[voxel] ? (byte)1 : (byte)0;
        }
    }

    public override BitBlock OnVolume(ReadOnlySpan<byte> map, BitBlock? rest)
    {
        var block = rest?.Crop(Box) ?? new BitBlock(Box);
        foreach (var (voxel, row, column) in SlabVoxels())
        {
            block[voxel] = map[(row * Columns) + column] != 0;
        }

        return block;
    }

    private IEnumerable<GridResampler> Tiles()
    {
        for (var row = 0; row < Rows; row += TileSize)
        {
            for (var column = 0; column < Columns; column += TileSize)
            {
                var tile = new VoxelBox(
                    new Ijk(column, row, 0), new Ijk(Math.Min(column + TileSize, Columns), Math.Min(row + TileSize, Rows), 1));
                var resampler = new GridResampler(_volume, _slab.Crop(tile));
                if (!resampler.SourceBox.IsEmpty)
                {
                    yield return resampler;
                }
            }
        }
    }

    // The pixels whose centre lies in a voxel of the box, row by row.
    private IEnumerable<(int Row, int Column, Ijk Voxel)> PixelsIn(VoxelBox box)
    {
        for (var row = 0; row < Rows; row++)
        {
            for (var column = 0; column < Columns; column++)
            {
                var voxel = _volume.ToVoxel(_slab.ToLps(new Ijk(column, row, 0))).Nearest();
                if (box.Contains(voxel))
                {
                    yield return (row, column, voxel);
                }
            }
        }
    }

    // The voxels that the slice passes through. Along a row of voxels, all coordinates on the slab are linear.
    private IEnumerable<(Ijk Voxel, int Row, int Column)> SlabVoxels()
    {
        var (start, next) = (PlaceOf(0, 0, 0), PlaceOf(1, 0, 0));
        var (di, dj, dk) = (next.I - start.I, next.J - start.J, next.K - start.K);
        for (var k = Box.Lower.K; k < Box.Upper.K; k++)
        {
            for (var j = Box.Lower.J; j < Box.Upper.J; j++)
            {
                var at = PlaceOf(0, j, k);
                var (from, to) = (Box.Lower.I, Box.Upper.I);
                (from, to) = Narrowed(from, to, at.I, di, Columns);
                (from, to) = Narrowed(from, to, at.J, dj, Rows);
                (from, to) = Narrowed(from, to, at.K, dk, 1);
                for (var i = from; i < to; i++)
                {
                    if (PixelAt(PlaceOf(i, j, k)) is var (row, column))
                    {
                        yield return (new Ijk(i, j, k), row, column);
                    }
                }
            }
        }
    }

    // The indices i of from..to whose place at + step · i can be in [−½, length − ½), and up to two more.
    private static (int From, int To) Narrowed(int from, int to, double at, double step, int length)
    {
        if (Math.Abs(step) < 1e-9)
        {
            return at > -1 && at < length ? (from, to) : (0, 0);
        }

        var (a, b) = ((-0.5 - at) / step, (length - 0.5 - at) / step);
        return (
            (int)Math.Clamp(Math.Floor(Math.Min(a, b)), from, to),
            (int)Math.Clamp(Math.Ceiling(Math.Max(a, b)) + 1, from, to));
    }

    private (int Row, int Column)? PixelAt(VoxelPoint place)
    {
        var nearest = (place with { K = place.K + Tie }).Nearest();
        return _slab.Bounds.Contains(nearest) ? (nearest.J, nearest.I) : null;
    }

    private VoxelPoint PlaceOf(int i, int j, int k) => _slab.ToVoxel(_volume.ToLps(new Ijk(i, j, k)));

    private static VoxelBox BoxOf(VolumeGeometry slab, VolumeGeometry volume)
    {
        var corners = Enumerable.Range(0, 8).Select(n => volume.ToVoxel(slab.ToLps(new VoxelPoint(
            (n & 1) == 0 ? -0.5 : slab.Size.I - 0.5, (n & 2) == 0 ? -0.5 : slab.Size.J - 0.5, (n & 4) == 0 ? -0.5 : 0.5)))).ToArray();
        var lower = new VoxelPoint(corners.Min(at => at.I), corners.Min(at => at.J), corners.Min(at => at.K)).Nearest();
        var upper = new VoxelPoint(corners.Max(at => at.I) + 1, corners.Max(at => at.J) + 1, corners.Max(at => at.K) + 1).Nearest();
        return new VoxelBox(lower, upper).Intersect(volume.Bounds);
    }
}
