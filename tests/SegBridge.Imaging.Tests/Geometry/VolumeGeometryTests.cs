using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Tests.Geometry;

public sealed class VolumeGeometryTests
{
    private static readonly VolumeSize Size = new(4, 5, 6);
    private static readonly Spacing Unit = new(1, 1, 1);

    [Fact]
    public void A_voxel_and_its_patient_position_lead_to_each_other()
    {
        Seeded.ForAll(random =>
        {
            var geometry = Samples.Geometry(random);
            var voxel = new VoxelPoint(random.NextDouble() * 50, random.NextDouble() * -50, random.NextDouble() * 500);

            var back = geometry.ToVoxel(geometry.ToLps(voxel));

            Assert.Equal(voxel.I, back.I, 1e-6);
            Assert.Equal(voxel.J, back.J, 1e-6);
            Assert.Equal(voxel.K, back.K, 1e-6);
        }, 500);
    }

    [Fact]
    public void A_patient_position_survives_the_way_through_RAS()
    {
        Seeded.ForAll(random =>
        {
            var point = new LpsPoint(random.NextDouble(), random.NextDouble(), random.NextDouble());
            var ras = point.ToRas();

            Assert.Equal(point, ras.ToLps());
            Assert.Equal((-point.L, -point.P, point.S), (ras.R, ras.A, ras.S));
        });
    }

    [Fact]
    public void Steps_along_the_axes_are_the_spacing_along_the_direction()
    {
        Seeded.ForAll(random =>
        {
            var geometry = Samples.Geometry(random);
            var step = geometry.ToLps(new Ijk(0, 1, 0)) - geometry.ToLps(new Ijk(0, 0, 0));

            Assert.Equal(geometry.Spacing.J, step.Length, 1e-9);
            Assert.Equal(geometry.Spacing.J, step.Dot(geometry.Direction.JAxis), 1e-9);
            Assert.Equal(geometry.Origin, geometry.ToLps(new Ijk(0, 0, 0)));
        });
    }

    [Fact]
    public void An_oblique_flipped_anisotropic_grid_puts_a_voxel_where_hand_calculation_does()
    {
        // i points to posterior, j to the right, k downwards-left at 45°.
        var half = Math.Sqrt(0.5);
        var geometry = new VolumeGeometry(
            Size,
            new Spacing(2, 3, 4),
            new Direction(new LpsVector(0, 1, 0), new LpsVector(-1, 0, 0), new LpsVector(half, 0, -half)),
            new LpsPoint(10, 20, 30));

        var point = geometry.ToLps(new Ijk(1, 2, 3));

        Assert.Equal(10 - 6 + (12 * half), point.L, 1e-12);
        Assert.Equal(22, point.P, 1e-12);
        Assert.Equal(30 - (12 * half), point.S, 1e-12);
    }

    [Fact]
    public void A_crop_keeps_every_voxel_where_it_was()
    {
        Seeded.ForAll(random =>
        {
            var geometry = Samples.Geometry(random);
            var box = Samples.Box(random, geometry.Size);

            var crop = geometry.Crop(box);

            var last = new Ijk(box.Size.I - 1, box.Size.J - 1, box.Size.K - 1);
            var whole = new Ijk(box.Upper.I - 1, box.Upper.J - 1, box.Upper.K - 1);
            Assert.Equal(box.Size, crop.Size);
            Assert.True(geometry.ToLps(whole).DistanceTo(crop.ToLps(last)) < 1e-9);
        });
    }

    [Fact]
    public void The_volume_of_a_voxel_is_in_millilitres_and_knows_of_shear()
    {
        var half = Math.Sqrt(0.5);
        var sheared = Direction.Identity with { KAxis = new LpsVector(half, 0, half) };

        Assert.Equal(0.006, new VolumeGeometry(Size, new Spacing(1, 2, 3), Direction.Identity, default).VoxelVolumeMl, 1e-12);
        Assert.Equal(0.006 * half, new VolumeGeometry(Size, new Spacing(1, 2, 3), sheared, default).VoxelVolumeMl, 1e-12);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.PositiveInfinity)]
    public void A_spacing_that_is_no_length_is_refused_and_quoted(double spacing)
    {
        var refusal = Assert.Throws<GeometryException>(
            () => new VolumeGeometry(Size, new Spacing(spacing, 1, 1), Direction.Identity, default));

        Assert.Equal(
            FormattableString.Invariant($"spacing must be finite and > 0 mm, got ({spacing}, 1, 1)"), refusal.Message);
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, -3, 1)]
    [InlineData(1, 1, 32769)]
    [InlineData(32768, 32768, 32768)]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue)]
    public void A_size_beyond_the_limits_is_refused_and_quoted(int i, int j, int k)
    {
        var refusal = Assert.Throws<GeometryException>(
            () => new VolumeGeometry(new VolumeSize(i, j, k), Unit, Direction.Identity, default));

        Assert.Contains($"{i}×{j}×{k}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_volume_of_the_largest_size_is_taken()
    {
        var size = new VolumeSize(32768, 32768, 1024);

        Assert.Equal(1L << 40, VolumeGeometry.AxisAligned(size, Unit).Size.VoxelCount);
        Assert.Equal(long.MaxValue, new VolumeSize(int.MaxValue, int.MaxValue, int.MaxValue).VoxelCount);
    }

    [Fact]
    public void Nearly_unit_axes_are_made_unit_and_others_refused()
    {
        var nearly = Direction.Identity with { JAxis = new LpsVector(0, 1.0009, 0) };
        var not = Direction.Identity with { JAxis = new LpsVector(0, 1.002, 0) };
        var never = Direction.Identity with { JAxis = new LpsVector(0, double.NaN, 0) };

        Assert.Equal(1, new VolumeGeometry(Size, Unit, nearly, default).Direction.JAxis.Length, 1e-12);
        Assert.Contains("axis J", Assert.Throws<GeometryException>(() => new VolumeGeometry(Size, Unit, not, default)).Message, StringComparison.Ordinal);
        Assert.Throws<GeometryException>(() => new VolumeGeometry(Size, Unit, never, default));
    }

    [Fact]
    public void Axes_that_lie_in_one_plane_are_refused()
    {
        var flat = Direction.Identity with { KAxis = new LpsVector(0, 1, 0) };

        var refusal = Assert.Throws<GeometryException>(() => new VolumeGeometry(Size, Unit, flat, default));

        Assert.Contains("determinant 0", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_origin_that_is_no_place_is_refused() =>
        Assert.Throws<GeometryException>(
            () => new VolumeGeometry(Size, Unit, Direction.Identity, new LpsPoint(0, double.NegativeInfinity, 0)));

    [Fact]
    public void Grids_are_the_same_within_a_tolerance_at_their_far_corners()
    {
        var a = VolumeGeometry.AxisAligned(new VolumeSize(100, 100, 100), Unit);

        Assert.True(a.IsSameGridAs(VolumeGeometry.AxisAligned(a.Size, new Spacing(1, 1, 1.000001))));
        Assert.False(a.IsSameGridAs(VolumeGeometry.AxisAligned(a.Size, new Spacing(1, 1, 1.001))));
        Assert.False(a.IsSameGridAs(VolumeGeometry.AxisAligned(new VolumeSize(100, 100, 99), Unit)));
    }
}
