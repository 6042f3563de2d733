using FsCheck;
using FsCheck.Fluent;
using SegBridge.Imaging.Geometry;
using SegBridge.Sessions.Segments;

namespace SegBridge.Sessions.Tests.Segments;

public sealed class KeptLogitsTests
{
    private static readonly VolumeGeometry Grid = VolumeGeometry.AxisAligned(new VolumeSize(12, 12, 12), new Spacing(1, 1, 1));

    [Fact]
    public void Logits_come_back_with_six_significant_bits_and_once_rounded_exactly()
    {
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var chance = new Random(seed);
            var logits = Of(_ => (float)((chance.NextDouble() - 0.5) * Math.Pow(10, chance.Next(4))));

            var once = Packed(logits).Read().ToArray();
            var twice = Packed(once).Read().ToArray();

            Assert.All(once.Zip(logits), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, Math.Max(Math.Abs(pair.Second), 1) / 64));
            Assert.All(once.Zip(logits), pair => Assert.InRange(Math.Abs(Sigmoid(pair.First) - Sigmoid(pair.Second)), 0, 0.004));
            Assert.All(once.Zip(logits), pair => Assert.True(pair.First == 0 || Math.Sign(pair.First) == Math.Sign(pair.Second)));
            Assert.Equal(once, twice);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void What_no_probability_tells_apart_is_cut_off_and_what_is_no_number_is_undecided()
    {
        float[] strange = [1e9f, float.PositiveInfinity, -1e9f, float.NegativeInfinity, float.NaN];

        var kept = Packed(Of(n => n < strange.Length ? strange[n] : -3)).Read().ToArray();

        Assert.Equal([1024, 1024, -1024, -1024, 0, -3], kept[..6]);
    }

    [Fact]
    public void A_smooth_field_takes_a_fraction_of_its_bytes()
    {
        var field = Of(n => 40 - (4f * MathF.Abs((n % 12) - 6)) - (4f * MathF.Abs((n / 12 % 12) - 6)) - (3f * MathF.Abs((n / 144) - 6)));
        Assert.InRange(Packed(field).BytesHeld, 1, field.Length * sizeof(float) / 4);
    }

    [Fact]
    public void Until_they_are_packed_they_are_as_the_model_made_them()
    {
        var logits = Of(n => n / 7f);
        var kept = KeptLogits.Of(logits, Grid);
        Assert.Equal((true, logits.Length * (long)sizeof(float)), (kept.IsExact, kept.BytesHeld));
        Assert.Equal(logits, kept.Read().ToArray());
        kept.Pack();
        Assert.False(kept.IsExact);
        Assert.NotEqual(logits, kept.Read().ToArray());
    }

    private static KeptLogits Packed(float[] logits)
    {
        var kept = KeptLogits.Of(logits, Grid);
        kept.Pack();
        return kept;
    }

    private static double Sigmoid(float logit) => 1 / (1 + Math.Exp(-logit));

    private static float[] Of(Func<int, float> value) => [.. Enumerable.Range(0, (int)Grid.Size.VoxelCount).Select(value)];
}
