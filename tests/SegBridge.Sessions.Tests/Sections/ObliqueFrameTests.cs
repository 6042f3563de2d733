using FsCheck;
using FsCheck.Fluent;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Sections;
using SegBridge.Sessions.Tests.Patches;

namespace SegBridge.Sessions.Tests.Sections;

public class ObliqueFrameTests
{
    [Fact]
    public void A_slice_of_the_grid_described_as_an_oblique_one_is_the_same_slice() => ForAll(60, random =>
    {
        var volume = Volume(random);
        var axis = (Axis)random.Next(3);
        var plane = new SlicePlane(axis, random.Next(volume.Size[axis]));
        SectionFrame grid = new GridFrame(plane, volume), oblique = new ObliqueFrame(Described(plane, volume), volume);
        var map = RandomMap(random, grid);
        var mask = RandomMask(random, volume.Bounds);
        var box = RandomBox(random, volume.Size);

        Assert.Equal((grid.Rows, grid.Columns), (oblique.Rows, oblique.Columns));
        Assert.Equal(grid.PixelSpacing.Row, oblique.PixelSpacing.Row, 1e-9);
        Assert.Equal(grid.PixelSpacing.Column, oblique.PixelSpacing.Column, 1e-9);
        Assert.Equal(Set(grid.OnVolume(map, null)), Set(oblique.OnVolume(map, null)));
        Assert.Equal(grid.Show(mask), oblique.Show(mask));
        Assert.Equal(grid.Cut(box), oblique.Cut(box));
        Assert.All(Voxels.Of(box), voxel => Assert.Equal(grid.PixelOf(voxel), oblique.PixelOf(voxel)));
        var (drawn, again) = (new byte[map.Length], new byte[map.Length]);
        Assert.Equal(grid.Draw(mask.Crop(box), drawn), oblique.Draw(mask.Crop(box), again));
        Assert.Equal(drawn, again);
        var store = Store(volume, at => at.L - (2 * at.P) + (3 * at.S));
        Assert.All(grid.ReadImage(store).Zip(oblique.ReadImage(store)), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
    });

    [Fact]
    public void A_prediction_sets_exactly_the_voxels_that_the_slice_passes_through() => ForAll(60, random =>
    {
        var volume = Volume(random);
        var plane = Plane(random, volume);
        var frame = new ObliqueFrame(plane, volume);
        var map = RandomMap(random, frame);
        var rest = RandomMask(random, frame.Box);

        var result = frame.OnVolume(map, rest);

        Assert.Equal(frame.Box, result.Box);
        foreach (var voxel in Voxels.Of(volume.Bounds))
        {
            var (row, column, isCut) = Expected(plane, volume, voxel);
            if (isCut is null)
            {
                continue;
            }

            Assert.Equal(isCut.Value ? (row, column) : null, frame.PixelOf(voxel));
            var was = rest.Box.Contains(voxel) && rest[voxel];
            Assert.Equal(isCut.Value ? map[(row * plane.Columns) + column] != 0 : was, result.Box.Contains(voxel) ? result[voxel] : was);
        }
    });

    [Fact]
    public void The_image_is_interpolated_and_the_outside_takes_the_least_value_inside() => ForAll(40, random =>
    {
        var volume = Volume(random);
        var plane = Plane(random, volume);
        var slab = plane.SlabIn(volume);
        // Alike everywhere outside the innermost voxels' centres, where interpolation would repeat the edge.
        static double Field(LpsPoint at) => at.L + (2 * at.P) - at.S;

        var image = new ObliqueFrame(plane, volume).ReadImage(Store(volume, Field));

        for (var n = 0; n < image.Length; n++)
        {
            var at = slab.ToLps(new Ijk(n % plane.Columns, n / plane.Columns, 0));
            var voxel = volume.ToVoxel(at);
            if (IsBetween(voxel, volume.Size, 0))
            {
                Assert.Equal(Field(at), image[n], 0.02);
            }
            else if (!IsBetween(voxel, volume.Size, 0.501))
            {
                Assert.Equal(image.Min(), image[n]);
            }
        }
    });

    [Fact]
    public void Only_the_bricks_along_the_slice_are_needed()
    {
        var volume = VolumeGeometry.AxisAligned(new VolumeSize(128, 128, 128), new Spacing(1, 1, 1));
        var half = Math.Sqrt(0.5);
        var diagonal = new ObliquePlane(new LpsPoint(0, 0, 0), new LpsVector(half, half, 0), new LpsVector(0, 0, 1), 1, 1, 180, 128);
        var frame = new ObliqueFrame(diagonal, volume);
        var grid = new BrickGrid(volume.Size, new VolumeSize(16, 16, 16));
        var store = new BrickStore(volume, VoxelType.UInt8, Rescale.Identity, grid);

        var missing = frame.Missing(store);

        // 8 bricks along the diagonal, and some at its steps, of 8 × 8 in each of 8 layers.
        Assert.InRange(missing.Count, 8 * 8, 3 * 8 * 8);
        Assert.All(missing, brick => Assert.InRange(Math.Abs(brick.I - brick.J), 0, 1));
        Assert.Throws<MissingBricksException>(() => frame.ReadImage(store));
        foreach (var index in missing)
        {
            store.Put(index, new byte[16 * 16 * 16]);
        }

        Assert.Empty(frame.Missing(store));
        Assert.Equal(180 * 128, frame.ReadImage(store).Length);
    }

    [Fact]
    public void A_slice_midway_between_two_layers_sets_one_of_them()
    {
        var volume = VolumeGeometry.AxisAligned(new VolumeSize(5, 4, 6), new Spacing(1, 1, 2));
        var midway = new ObliquePlane(new LpsPoint(0, 0, 5), new LpsVector(1, 0, 0), new LpsVector(0, 1, 0), 1, 1, 5, 4);
        var all = new byte[20];
        all.AsSpan().Fill(1);

        Assert.Equal(20, new ObliqueFrame(midway, volume).OnVolume(all, null).Count);
    }

    [Fact]
    public void A_slice_beside_the_volume_is_refused()
    {
        var volume = VolumeGeometry.AxisAligned(new VolumeSize(5, 4, 6), new Spacing(1, 1, 2));
        var beside = new ObliquePlane(new LpsPoint(0, 0, 40), new LpsVector(1, 0, 0), new LpsVector(0, 1, 0), 1, 1, 5, 4);

        var refused = Assert.Throws<InvalidRequestException>(() => new ObliqueFrame(beside, volume));

        Assert.Contains("no voxel of the volume", refused.Message, StringComparison.Ordinal);
    }

    // Null where rounding decides: the slice touches a corner of the voxel, or its centre falls between two pixels.
    private static (int Row, int Column, bool? IsCut) Expected(ObliquePlane plane, VolumeGeometry volume, Ijk voxel)
    {
        double Height(VoxelPoint at) => (volume.ToLps(at) - plane.Origin).Dot(plane.Normal);
        var heights = Enumerable.Range(0, 8).Select(n => Height(new VoxelPoint(
            voxel.I - 0.5 + (n & 1), voxel.J - 0.5 + ((n >> 1) & 1), voxel.K - 0.5 + (n >> 2)))).ToArray();
        var offset = volume.ToLps(voxel) - plane.Origin;
        var (row, column) = (offset.Dot(plane.RowAxis) / plane.RowSpacing, offset.Dot(plane.ColumnAxis) / plane.ColumnSpacing);
        bool IsTie(double at) => Math.Abs(at - Math.Floor(at) - 0.5) < 1e-4;
        var (nearestRow, nearestColumn) = ((int)Math.Floor(row + 0.5), (int)Math.Floor(column + 0.5));
        if (IsTie(row) || IsTie(column) || Math.Abs(heights.Max()) < 1e-4 || Math.Abs(heights.Min()) < 1e-4)
        {
            return (nearestRow, nearestColumn, null);
        }

        var isOnPixels = nearestRow >= 0 && nearestRow < plane.Rows && nearestColumn >= 0 && nearestColumn < plane.Columns;
        return (nearestRow, nearestColumn, isOnPixels && heights.Min() < 0 && heights.Max() > 0);
    }

    private static VolumeGeometry Volume(Random random) =>
        RandomGeometry.Of(random, RandomGeometry.TurnedRas(random, 180), 12 + (random.NextDouble() * 15));

    // Any plane that passes through a voxel near the middle of the volume.
    private static ObliquePlane Plane(Random random, VolumeGeometry volume)
    {
        var axes = RandomGeometry.TurnedRas(random, 180);
        var (columns, rows) = (random.Next(3, 25), random.Next(3, 25));
        var (across, down) = (0.5 + (random.NextDouble() * 2), 0.5 + (random.NextDouble() * 2));
        var through = volume.ToLps(new Ijk(volume.Size.I / 2, volume.Size.J / 2, volume.Size.K / 2));
        return new ObliquePlane(
            through + (axes[0] * (-across * random.Next(columns))) + (axes[1] * (-down * random.Next(rows))), axes[0], axes[1], across, down, columns, rows);
    }

    private static ObliquePlane Described(SlicePlane plane, VolumeGeometry volume)
    {
        var (rows, columns) = plane.ShapeIn(volume.Size);
        return new ObliquePlane(
            volume.ToLps(plane.VoxelAt(0, 0)), volume.Direction[plane.ColumnAxis], volume.Direction[plane.RowAxis],
            volume.Spacing[plane.ColumnAxis], volume.Spacing[plane.RowAxis], columns, rows);
    }

    private static BrickStore Store(VolumeGeometry volume, Func<LpsPoint, double> field)
    {
        var grid = new BrickGrid(volume.Size, new VolumeSize(8, 8, 8));
        var store = new BrickStore(volume, VoxelType.Float32, Rescale.Identity, grid);
        foreach (var index in grid.Covering(volume.Bounds))
        {
            store.Put(index, [.. Voxels.Of(grid.BoxOf(index)).SelectMany(voxel => BitConverter.GetBytes((float)field(volume.ToLps(voxel))))]);
        }

        return store;
    }

    private static byte[] RandomMap(Random random, SectionFrame frame)
    {
        var map = new byte[frame.Rows * frame.Columns];
        foreach (ref var pixel in map.AsSpan())
        {
            pixel = (byte)random.Next(2);
        }

        return map;
    }

    private static BitBlock RandomMask(Random random, VoxelBox box) =>
        BitBlock.FromVoxels(box, [.. Enumerable.Range(0, (int)box.VoxelCount).Select(_ => (byte)random.Next(2))]);

    private static VoxelBox RandomBox(Random random, VolumeSize size)
    {
        var lower = new Ijk(random.Next(size.I), random.Next(size.J), random.Next(size.K));
        return new VoxelBox(lower, new Ijk(random.Next(lower.I, size.I) + 1, random.Next(lower.J, size.J) + 1, random.Next(lower.K, size.K) + 1));
    }

    private static Ijk[] Set(BitBlock block) => [.. block.Voxels];

    private static bool IsBetween(VoxelPoint at, VolumeSize size, double beyond) =>
        at.I >= -beyond && at.I <= size.I - 1 + beyond && at.J >= -beyond && at.J <= size.J - 1 + beyond && at.K >= -beyond && at.K <= size.K - 1 + beyond;

    private static void ForAll(int cases, Action<Random> property) =>
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), seed => property(new Random(seed)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(cases));
}
