using SegBridge.Cli.Phantom;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Cli.Tests.Phantom;

public sealed class CtPhantomTests
{
    private static readonly VolumeSize Small = new(160, 160, 32);

    private static readonly Lazy<(Volume Image, Volume Label)> Case = new(() => CtPhantom.Make(1, Small));

    [Fact]
    public void The_same_seed_makes_the_same_voxels_and_another_seed_other_noise()
    {
        var size = new VolumeSize(40, 40, 4);
        var (image, label) = CtPhantom.Make(3, size);
        var (again, labelAgain) = CtPhantom.Make(3, size);
        Assert.True(image.Data.Span.SequenceEqual(again.Data.Span));
        Assert.True(label.Data.Span.SequenceEqual(labelAgain.Data.Span));
        Assert.False(image.Data.Span.SequenceEqual(CtPhantom.Make(4, size).Image.Data.Span));
    }

    [Fact]
    public void The_values_are_Hounsfield_units_from_air_to_bone()
    {
        var values = Values(Case.Value.Image);
        Assert.InRange(values.Min(), -1024, -950);
        Assert.InRange(values.Max(), 500, 1500);
        Assert.InRange(Case.Value.Image.ValueAt(new Ijk(0, 0, 16)), -1024, -950);
    }

    [Fact]
    public void The_tumour_lies_in_soft_tissue_and_differs_from_the_liver_around_it()
    {
        var (image, label) = Case.Value;
        var (values, mask) = (Values(image), Values(label));
        var tumour = values.Where((_, n) => mask[n] != 0).ToArray();
        Assert.InRange(tumour.Length, 3000, values.Length / 20);
        Assert.InRange(tumour.Average(), 20, 70);
        Assert.True(tumour.Min() > -250, $"a tumour voxel of {tumour.Min()} HU is not in the body");
        var liver = image.ValueAt(new Ijk(65, 55, 4));
        Assert.InRange(liver, 40, 180);
    }

    [Fact]
    public void The_grid_is_oblique_and_right_handed()
    {
        var direction = Case.Value.Image.Geometry.Direction;
        Assert.True(direction.IsOrthogonal(1e-9));
        Assert.Equal(1, direction.Determinant, 9);
        Assert.NotEqual(Direction.Identity, direction);
        Assert.True(Case.Value.Image.Geometry.IsSameGridAs(Case.Value.Label.Geometry));
    }

    private static float[] Values(Volume volume)
    {
        var values = new float[volume.Geometry.Size.VoxelCount];
        volume.ReadBox(volume.Geometry.Bounds, values);
        return values;
    }
}
