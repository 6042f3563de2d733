using SegBridge.Models.Slices;
using SegBridge.Models.Slices.ScribblePromptSam;

namespace SegBridge.Models.Tests.Slices;

public sealed class SamMaskDecoderTests
{
    private static readonly SliceGrid Low = new(16, 16);
    private static readonly SliceGrid Image = new(64, 64);

    [Fact]
    public void The_mask_is_where_the_enlarged_logits_are_not_negative()
    {
        var logits = Enumerable.Range(0, Low.Count).Select(n => (n % 16) - 7.5f).ToArray();

        var candidate = SamMaskDecoder.Decode(logits, Low, Image, 20, 40, 0.5f);

        Assert.Equal(20 * 40, candidate.Mask.Length);
        Assert.All(Enumerable.Range(0, candidate.Mask.Length), n => Assert.Equal(n % 40 < 20 ? 0 : 1, candidate.Mask[n]));
        Assert.Same(logits, candidate.Logits);
        Assert.NotNull(candidate.MostUncertain);
        Assert.InRange(candidate.MostUncertain.Value.Column, 16, 23);
    }

    [Fact]
    public void Of_two_spots_in_doubt_the_next_prompt_goes_where_candidates_disagree()
    {
        // Sure of the outside but for a large doubtful patch at the left, and a smaller one at the right.
        var grid = new SliceGrid(32, 32);
        var logits = Doubtful(grid, (16, 6, 3), (16, 25, 2));
        var other = Array.ConvertAll(logits, value => value);
        foreach (var n in Enumerable.Range(0, grid.Count).Where(n => n % 32 > 20))
        {
            other[n] = 1;
        }

        var alone = SamMaskDecoder.Decode(logits, grid, Image, 32, 32, 0.5f).MostUncertain!.Value;
        var agreed = SamMaskDecoder.Decode(logits, grid, Image, 32, 32, 0.5f, all: [logits, logits, logits]).MostUncertain!.Value;
        var disputed = SamMaskDecoder.Decode(logits, grid, Image, 32, 32, 0.5f, all: [logits, logits, other]).MostUncertain!.Value;

        Assert.InRange(alone.Column, 3, 9);
        Assert.Equal(alone, agreed);
        Assert.InRange(disputed.Column, 22, 28);
        Assert.Equal(MeanAround(logits, grid, disputed.Row, disputed.Column), disputed.Uncertainty, 1e-5);
    }

    [Theory]
    [InlineData(0.5f, 2 / 3f)]
    [InlineData(1.7f, 1)]
    [InlineData(-1f, 0)]
    [InlineData(float.NaN, 0)]
    public void The_predicted_overlap_becomes_a_Dice(float iou, float dice) =>
        Assert.Equal(dice, SamMaskDecoder.Decode([.. Enumerable.Repeat(1f, Low.Count)], Low, Image, 9, 9, iou).Confidence, 1e-6f);

    [Fact]
    public void An_empty_mask_has_no_confidence() =>
        Assert.Equal(0, SamMaskDecoder.Decode([.. Enumerable.Repeat(-1f, Low.Count)], Low, Image, 9, 9, 0.9f).Confidence);

    private static float[] Doubtful(SliceGrid grid, params (int Row, int Column, int Radius)[] spots) => [.. Enumerable.Range(0, grid.Count)
        .Select(n => spots.Any(spot => Math.Max(Math.Abs((n / grid.Columns) - spot.Row), Math.Abs((n % grid.Columns) - spot.Column)) <= spot.Radius) ? -0.1f : -8f)];

    private static double MeanAround(float[] logits, SliceGrid grid, int row, int column)
    {
        var doubts =
            from y in Enumerable.Range(row - 3, 7)
            from x in Enumerable.Range(column - 3, 7)
            where y >= 0 && y < grid.Rows && x >= 0 && x < grid.Columns
            select 1 - Math.Abs((2 / (1 + Math.Exp(-logits[(y * grid.Columns) + x]))) - 1);
        return doubts.Average();
    }
}
