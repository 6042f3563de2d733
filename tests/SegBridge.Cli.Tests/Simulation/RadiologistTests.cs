using FsCheck;
using FsCheck.Fluent;
using SegBridge.Cli.Simulation;

namespace SegBridge.Cli.Tests.Simulation;

public sealed class RadiologistTests
{
    private static readonly (int Rows, int Columns)[] Sizes = [(128, 128), (40, 70), (256, 192), (300, 130)];

    [Fact]
    public void A_scribble_stays_in_its_region_and_is_never_empty() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var (rows, columns) = Sizes[(int)((uint)seed % (uint)Sizes.Length)];
            var region = Blobs.Make(seed, rows, columns);
            var scribble = CenterlineScribble.Draw(region, new Random(seed));
            return !scribble.IsEmpty && scribble.Except(region).IsEmpty;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Fact]
    public void A_scribble_has_at_most_128_pixels_on_its_drawing_grid() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var region = Blobs.Make(seed, 128, 128).Complement();
            return CenterlineScribble.DrawOnGrid(region, new Random(seed)).Count <= CenterlineScribble.MaxPixels;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(25));

    [Theory]
    [InlineData("centerline-scribbles")]
    [InlineData("center-clicks")]
    public void The_same_seed_draws_the_same_prompts(string protocol)
    {
        var truth = Blobs.Make(5, 200, 180);
        var predicted = Blobs.Make(6, 200, 180);
        var (one, other) = (Radiologist.Named(protocol), Radiologist.Named(protocol));
        var (a, b) = (new Random(3), new Random(3));
        AssertSame(one.Start(truth, a), other.Start(truth, b));
        AssertSame(one.Correct(truth, predicted, a)!, other.Correct(truth, predicted, b)!);
    }

    [Fact]
    public void Another_seed_draws_another_scribble()
    {
        var truth = Blobs.Make(5, 128, 128);
        var scribbles = Enumerable.Range(0, 5).Select(seed => Convert.ToHexString(CenterlineScribble.Draw(truth, new Random(seed)).Pixels));
        Assert.True(scribbles.Distinct().Count() > 1);
    }

    [Fact]
    public void The_first_step_scribbles_once_on_the_object_and_once_outside()
    {
        var truth = Blobs.Make(8, 128, 128);
        var prompts = Radiologist.Named("centerline-scribbles").Start(truth, new Random(1));
        Assert.Equal(2, prompts.Count);
        Assert.True(prompts.Positive!.Except(truth).IsEmpty);
        Assert.True(prompts.Negative!.And(truth).IsEmpty);
    }

    [Fact]
    public void A_correction_is_one_scribble_in_the_larger_kind_of_error()
    {
        var truth = Square(20, 20, 60);
        var radiologist = Radiologist.Named("centerline-scribbles");
        var tooLarge = radiologist.Correct(truth, Square(20, 20, 90), new Random(1))!;
        Assert.Null(tooLarge.Positive);
        Assert.True(tooLarge.Negative!.And(truth).IsEmpty);
        var tooSmall = radiologist.Correct(truth, Square(20, 20, 30), new Random(1))!;
        Assert.Null(tooSmall.Negative);
        Assert.True(tooSmall.Positive!.Except(truth).IsEmpty);
        Assert.Equal(1, tooSmall.Count);
    }

    [Fact]
    public void Nothing_is_corrected_where_nothing_is_wrong()
    {
        var truth = Blobs.Make(2, 64, 64);
        Assert.All(Radiologist.Names, name => Assert.Null(Radiologist.Named(name).Correct(truth, truth, new Random(0))));
    }

    [Fact]
    public void A_click_hits_the_middle_of_the_largest_error()
    {
        var click = CentreClick.On(missed: Square(10, 10, 9), excess: Square(60, 60, 31));
        Assert.Equal(new Click(75, 75, Positive: false), click);
        Assert.Equal(new Click(14, 14, Positive: true), CentreClick.On(Square(10, 10, 9), Square(60, 60, 3)));
    }

    [Fact]
    public void An_unknown_protocol_is_answered_with_those_there_are()
    {
        var error = Assert.Throws<ArgumentException>(() => Radiologist.Named("mind-reading"));
        Assert.Contains("center-clicks", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_region_thinner_than_the_drawing_grid_is_still_found()
    {
        var truth = new SliceMap(512, 512);
        truth[301, 200] = true;
        var scribble = CenterlineScribble.Draw(truth, new Random(4));
        Assert.Equal(1, scribble.Count);
        Assert.True(scribble[301, 200]);
    }

    [Fact]
    public void Dice_is_one_for_the_same_and_zero_for_disjoint_masks()
    {
        var (a, b) = (Square(0, 0, 10), Square(50, 50, 10));
        Assert.Equal(1, Overlap.Dice(a, a));
        Assert.Equal(0, Overlap.Dice(a, b));
        Assert.Equal(0.5, Overlap.Dice(Square(0, 0, 10), Shifted()), 12);

        static SliceMap Shifted()
        {
            var map = new SliceMap(128, 128);
            for (var row = 5; row < 15; row++)
            {
                for (var column = 0; column < 10; column++)
                {
                    map[row, column] = true;
                }
            }

            return map;
        }
    }

    private static SliceMap Square(int top, int left, int side)
    {
        var map = new SliceMap(128, 128);
        for (var row = top; row < top + side; row++)
        {
            for (var column = left; column < left + side; column++)
            {
                map[row, column] = true;
            }
        }

        return map;
    }

    private static void AssertSame(DrawnPrompts one, DrawnPrompts other)
    {
        Assert.Equal(one.Clicks, other.Clicks);
        Assert.Equal(one.Positive?.Pixels, other.Positive?.Pixels);
        Assert.Equal(one.Negative?.Pixels, other.Negative?.Pixels);
    }
}
