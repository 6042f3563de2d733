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
}
