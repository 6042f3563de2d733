using SegBridge.Cli.Client;
using SegBridge.Cli.Play;
using SegBridge.Cli.Simulation;
using SegBridge.Cli.Simulation.Readers;
using SegBridge.Cli.Tests.Simulation;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Cli.Tests.Play;

public sealed class SlicePromptMessagesTests
{
    private static readonly VolumeSize Size = new(70, 50, 30);

    [Theory]
    [InlineData(Axis.I)]
    [InlineData(Axis.J)]
    [InlineData(Axis.K)]
    public void A_scribble_arrives_on_the_voxels_it_was_drawn_on(Axis axis)
    {
        var slice = new SlicePlane(axis, 17);
        var (rows, columns) = slice.ShapeIn(Size);
        var drawn = Blobs.Make(4, rows, columns);
        var prompt = Assert.Single(SlicePromptMessages.Of(new DrawnPrompts([], null, drawn), slice, Size));
        Assert.Equal(V1.Polarity.Negative, prompt.Scribble.Polarity);
        var mask = new VolumeMask(Size);
        mask.Replace(prompt.Scribble.Voxels.FromWire());
        Assert.Equal(drawn.Count, mask.Count);
        Assert.Equal(drawn.Pixels, SlicePromptMessages.MapOf(mask, slice).Pixels);
    }

    [Fact]
    public void A_click_arrives_at_the_centre_of_its_voxel()
    {
        var slice = new SlicePlane(Axis.K, 5);
        var prompt = Assert.Single(SlicePromptMessages.Of(new DrawnPrompts([new Click(12, 34, true)], null, null), slice, Size));
        Assert.Equal(new V1.VoxelPoint { I = 34, J = 12, K = 5 }, prompt.Point.Ijk);
        Assert.Equal(V1.Polarity.Positive, prompt.Point.Polarity);
    }

    [Fact]
    public void A_scribble_takes_less_than_five_kilobytes()
    {
        var truth = Blobs.Make(11, 512, 512);
        var size = new VolumeSize(512, 512, 300);
        var prompts = Radiologist.Named("centerline-scribbles").Start(truth, new Random(2));
        Assert.All(SlicePromptMessages.Of(prompts, new SlicePlane(Axis.K, 150), size), prompt => Assert.InRange(prompt.CalculateSize(), 1, 5000));
    }
}
