using SegBridge.Models.Slices;
using SegBridge.Models.Slices.ScribblePromptSam;

namespace SegBridge.Models.Tests.Slices;

public sealed class SamTokensTests
{
    private const int Most = 512;

    private static readonly SliceGrid Image = new(1024, 1024);

    [Fact]
    public void Clicks_scribbles_and_the_box_become_tokens_in_this_order()
    {
        var prompts = new SlicePrompts { PositiveScribble = new byte[128 * 64], NegativeScribble = new byte[128 * 64] };
        prompts.Points.Add(new SlicePoint(40, 30.5, false));
        prompts.PositiveScribble[(5 * 64) + 3] = 1;
        prompts.PositiveScribble[(4 * 64) + 9] = 1;
        prompts.NegativeScribble[(7 * 64) + 1] = 1;
        prompts.Boxes.Add(new SliceBox(25, 20, 95, 60));

        var tokens = SamTokens.Of(prompts, 128, 64, Image, Most);

        Assert.Equal([0, 1, 1, 0, 2, 3], tokens.Labels);
        // x = column · 1024 / 64, y = row · 1024 / 128, neither shifted nor rounded.
        Assert.Equal([488, 320, 144, 32, 48, 40, 16, 56, 320, 200, 960, 760], tokens.Coordinates);
    }

    [Fact]
    public void Without_a_box_the_last_token_says_so()
    {
        var prompts = new SlicePrompts();
        prompts.Points.Add(new SlicePoint(1, 2, true));

        Assert.Equal([1, -1], SamTokens.Of(prompts, 10, 10, Image, Most).Labels);
        Assert.Equal([-1], SamTokens.Of(new SlicePrompts(), 10, 10, Image, Most).Labels);
        Assert.Equal([0, 0], SamTokens.Of(new SlicePrompts(), 10, 10, Image, Most).Coordinates);
    }

    [Fact]
    public void Of_several_boxes_the_one_around_all_is_taken()
    {
        var prompts = new SlicePrompts();
        prompts.Boxes.Add(new SliceBox(9, 8, 4, 2));
        prompts.Boxes.Add(new SliceBox(1, 6, 3, 12));

        var tokens = SamTokens.Of(prompts, 16, 16, new SliceGrid(16, 16), Most);

        Assert.Equal([2, 3], tokens.Labels);
        Assert.Equal([2, 1, 12, 9], tokens.Coordinates);
    }

    [Fact]
    public void A_large_scribble_is_thinned_out_over_its_whole_length_and_small_ones_beside_it_stay()
    {
        var prompts = new SlicePrompts { PositiveScribble = new byte[100 * 100], NegativeScribble = new byte[100 * 100] };
        Array.Fill(prompts.PositiveScribble, (byte)1, 0, 9000);
        Array.Fill(prompts.NegativeScribble, (byte)1, 9500, 20);

        var tokens = SamTokens.Of(prompts, 100, 100, new SliceGrid(100, 100), Most);

        Assert.Equal(Most, tokens.Labels.Count(label => label >= 0));
        Assert.Equal(20, tokens.Labels.Count(label => label == 0));
        var rows = tokens.Coordinates.Where((_, n) => n % 2 == 1).Take(Most - 20).ToArray();
        Assert.InRange(rows.Min(), 0, 1);
        Assert.InRange(rows.Max(), 88, 89);
        Assert.InRange(rows.Average(), 42, 47);
    }
}
