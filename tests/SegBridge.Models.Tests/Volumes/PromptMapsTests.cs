using SegBridge.Models.Volumes;
using SegBridge.Models.Volumes.Patches;

namespace SegBridge.Models.Tests.Volumes;

public sealed class PromptMapsTests
{
    private const int Size = 4;
    private const int Voxels = Size * Size * Size;

    private readonly PromptMaps _maps = new(Size);

    [Fact]
    public void Prompts_gather_and_a_later_box_replaces_the_earlier_one()
    {
        var first = new VolumePrompts { Box = Box(0, 0, 0, 4, 4, 4) };
        first.Points.Add(new PatchPoint(1, 2, 3.4, true));
        var second = new VolumePrompts { Box = Box(1, 1, 1, 3, 2, 4) };
        second.Positive.Add(new PatchVoxel(0, 0, 1));
        second.Negative.Add(new PatchVoxel(1, 2, 3));
        var third = new VolumePrompts();
        third.Points.Add(new PatchPoint(3, 3, -0.5, false));

        _maps.Add(first);
        _maps.Add(second);
        _maps.Add(third);

        Assert.Equal([new PatchVoxel(0, 0, 1), new PatchVoxel(1, 2, 3)], Marked(0));
        Assert.Equal([new PatchVoxel(1, 2, 3), new PatchVoxel(3, 3, 0)], Marked(1));
        Assert.Equal([new(1, 1, 1), new(1, 1, 2), new(1, 1, 3), new(2, 1, 1), new(2, 1, 2), new(2, 1, 3)], Marked(2));
    }

    [Fact]
    public void What_is_not_on_the_patch_is_refused_and_says_where()
    {
        var beside = new VolumePrompts();
        beside.Positive.Add(new PatchVoxel(0, 4, 0));
        var click = new VolumePrompts();
        click.Points.Add(new PatchPoint(0, 0, double.NaN, true));

        Assert.Contains("(0, 4, 0) is not on the patch of 4³", Refusal(beside), StringComparison.Ordinal);
        Assert.Contains("(0, 0, NaN) is not on the patch of 4³", Refusal(click), StringComparison.Ordinal);
        Assert.Contains("the box must have voxels", Refusal(new VolumePrompts { Box = Box(2, 2, 2, 2, 3, 3) }), StringComparison.Ordinal);
        Assert.Contains("lie within the patch", Refusal(new VolumePrompts { Box = Box(0, 0, 0, 1, 1, 5) }), StringComparison.Ordinal);
    }

    private static PatchBox Box(int r0, int a0, int s0, int r1, int a1, int s1) => new(new PatchVoxel(r0, a0, s0), new PatchVoxel(r1, a1, s1));

    private string Refusal(VolumePrompts prompts) => Assert.Throws<ArgumentException>(() => _maps.Add(prompts)).Message;

    private IEnumerable<PatchVoxel> Marked(int map) =>
        Enumerable.Range(0, Voxels).Where(n => _maps.Values.Span[(map * Voxels) + n] == 1).Select(n => PatchVoxel.At(n, Size));
}
