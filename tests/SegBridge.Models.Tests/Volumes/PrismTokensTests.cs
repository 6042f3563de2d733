using SegBridge.Models.Volumes;
using SegBridge.Models.Volumes.Patches;
using SegBridge.Models.Volumes.Prism;

namespace SegBridge.Models.Tests.Volumes;

public sealed class PrismTokensTests
{
    private const int Size = 32;

    [Fact]
    public void Clicks_scribbles_and_the_box_become_tokens_in_this_order()
    {
        var prompts = new VolumePrompts { Box = new PatchBox(new PatchVoxel(2, 3, 4), new PatchVoxel(9, 10, 32)) };
        prompts.Points.Add(new PatchPoint(10, 20.25, 30, false));
        prompts.Negative.Add(new PatchVoxel(1, 2, 3));
        prompts.Positive.AddRange([new PatchVoxel(8, 0, 1), new PatchVoxel(7, 31, 31), new PatchVoxel(8, 0, 1)]);

        var tokens = PrismTokens.Of(prompts, Size, mostScribbled: 512);

        Assert.Equal([0, 1, 1, 0, 2, 3], tokens.Labels);
        Assert.Equal([10, 20.25f, 30, 7, 31, 31, 8, 0, 1, 1, 2, 3, 2, 3, 4, 9, 10, 32], tokens.Coordinates);
    }

    [Fact]
    public void Without_a_box_the_last_token_says_so()
    {
        var prompts = new VolumePrompts();
        prompts.Points.Add(new PatchPoint(1, 2, 3, true));

        var tokens = PrismTokens.Of(prompts, Size, mostScribbled: 512);

        Assert.Equal([1, -1], tokens.Labels);
        Assert.Equal([1, 2, 3, 0, 0, 0], tokens.Coordinates);
    }

    [Fact]
    public void A_large_scribble_is_thinned_out_over_the_whole_object()
    {
        var prompts = new VolumePrompts();
        for (var n = 0; n < Size * Size * Size / 2; n++)
        {
            prompts.Positive.Add(PatchVoxel.At(n, Size));
        }

        var tokens = PrismTokens.Of(prompts, Size, mostScribbled: 64);

        var depths = tokens.Coordinates.Where((_, n) => n % 3 == 0).Take(64).ToArray();
        Assert.Equal(65, tokens.Count);
        Assert.Equal(16, depths.Distinct().Count());
        Assert.Equal(tokens.Coordinates, PrismTokens.Of(prompts, Size, mostScribbled: 64).Coordinates);
    }
}
