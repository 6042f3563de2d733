using FsCheck;
using FsCheck.Fluent;
using SegBridge.Cli.Simulation;
using SegBridge.Cli.Simulation.Readers;
using SegBridge.Cli.Simulation.Scribbles;

namespace SegBridge.Cli.Tests.Simulation;

public sealed class RadiologistTests
{
    private static readonly (int Rows, int Columns)[] Sizes = [(128, 128), (40, 70), (256, 192), (300, 130)];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_scribble_stays_in_its_region_and_is_never_empty(int kind) =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var (rows, columns) = Sizes[(int)((uint)seed % (uint)Sizes.Length)];
            var region = Blobs.Make(seed, rows, columns);
            var scribble = Scribble.Draw((ScribbleKind)kind, region, 1, new Random(seed));
            return !scribble.IsEmpty && scribble.Except(region).IsEmpty;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    public void A_scribble_has_at_most_128_pixels_a_stroke_on_its_drawing_grid(int kind, int count) =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var region = Blobs.Make(seed, 128, 128).Complement();
            return Scribble.DrawOnGrid((ScribbleKind)kind, region, count, new Random(seed)).Above(0).Count <= count * Scribble.MaxPixels;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(12));

    [Theory]
    [InlineData("centerline-scribbles")]
    [InlineData("line-scribbles")]
    [InlineData("contour-scribbles")]
    [InlineData("center-clicks")]
    [InlineData("random-clicks")]
    [InlineData("warm-start")]
    [InlineData("boxes")]
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
        var scribbles = Enumerable.Range(0, 5).Select(seed => Convert.ToHexString(Scribble.Draw(ScribbleKind.Centerline, truth, 1, new Random(seed)).Pixels));
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
    public void A_correction_is_one_scribble_where_something_is_wrong()
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
        var click = CentreClick.On(missed: Square(10, 10, 9), excess: Square(60, 60, 31), new Random(1));
        Assert.Equal(new Click(75, 75, Positive: false), click);
        Assert.Equal(new Click(14, 14, Positive: true), CentreClick.On(Square(10, 10, 9), Square(60, 60, 3), new Random(1)));
    }

    [Fact]
    public void Of_pixels_equally_deep_each_is_clicked_on_as_often()
    {
        var random = new Random(3);
        var counts = Enumerable.Range(0, 400).Select(_ => CentreClick.On(Square(20, 30, 4), Square(0, 0, 1), random)!.Value).CountBy(click => click).ToArray();
        Assert.Equal([(21, 31), (21, 32), (22, 31), (22, 32)], counts.Select(one => (one.Key.Row, one.Key.Column)).Order());
        // Three deviations and more around 100.
        Assert.All(counts, one => Assert.InRange(one.Value, 70, 130));
    }

    [Fact]
    public void Warm_starts_click_three_times_inside_and_outside_and_then_once_in_the_middle()
    {
        var truth = Square(20, 20, 21);
        var reader = Radiologist.Named("warm-start");
        var first = reader.Start(truth, new Random(1)).Clicks;
        Assert.Equal([true, true, true, false, false, false], first.Select(click => click.Positive));
        Assert.All(first, click => Assert.Equal(click.Positive, truth[click.Row, click.Column]));
        Assert.Equal([new Click(30, 30, true)], reader.Correct(truth, new SliceMap(128, 128), new Random(1))!.Clicks);
    }

    [Fact]
    public void Random_clicks_fall_on_missed_and_excess_pixels_by_their_numbers()
    {
        var (truth, predicted) = (Square(10, 10, 30), Square(10, 10, 20));
        predicted = predicted.Or(Square(60, 60, 22)).Except(Square(60, 60, 2));
        var random = new Random(5);
        var clicks = Enumerable.Range(0, 300).Select(_ => Assert.Single(Radiologist.Named("random-clicks").Correct(truth, predicted, random)!.Clicks)).ToArray();
        Assert.All(clicks, click => Assert.NotEqual(truth[click.Row, click.Column], predicted[click.Row, click.Column]));
        Assert.All(clicks, click => Assert.Equal(truth[click.Row, click.Column], click.Positive));
        // 500 pixels are missed, 480 too much.
        Assert.InRange(clicks.Count(click => click.Positive), 123, 183);
    }

    [Fact]
    public void A_box_holds_the_object_and_is_off_by_up_to_19_pixels_of_the_drawing_grid_on_each_side()
    {
        var random = new Random(2);
        var truth = new SliceMap(256, 128);
        truth[100, 60] = truth[119, 69] = true;
        var boxes = Enumerable.Range(0, 400).Select(_ => SliceBox.Around(truth, SliceBox.UsualJitter, random)).ToArray();
        Assert.Equal((62, 100), (boxes.Min(box => box.Top), boxes.Max(box => box.Top)));
        Assert.Equal((120, 158), (boxes.Min(box => box.Bottom), boxes.Max(box => box.Bottom)));
        Assert.Equal((41, 60), (boxes.Min(box => box.Left), boxes.Max(box => box.Left)));
        Assert.Equal(new SliceBox(100, 60, 120, 70), SliceBox.Around(truth, 0, random));
        var corner = new SliceMap(20, 20);
        corner[0, 19] = true;
        Assert.Equal(new SliceBox(0, 10, 10, 20), SliceBox.Grown(corner, 9, 9, 9, 9));
    }

    [Theory]
    [InlineData(ScribbleKind.Line, 0.5)]
    [InlineData(ScribbleKind.Contour, 0.5)]
    [InlineData(ScribbleKind.Centerline, 0.2)]
    public void Scribbles_correct_what_is_too_much_by_a_coin_or_by_its_share(object kind, double share)
    {
        var reader = new ScribblingReader((ScribbleKind)kind);
        Assert.True(reader.GoesToExcess(missed: 1600, excess: 400, chance: share - 0.01));
        Assert.False(reader.GoesToExcess(missed: 1600, excess: 400, chance: share + 0.01));
        Assert.True(reader.GoesToExcess(missed: 0, excess: 1, chance: 0.99));
        Assert.False(reader.GoesToExcess(missed: 1, excess: 0, chance: 0));
    }

    [Fact]
    public void Given_scribbles_are_drawn_as_they_are_and_corrections_follow()
    {
        var truth = Square(20, 20, 40);
        var reader = new GivenScribblesReader(Square(25, 25, 3), new SliceMap(128, 128));
        var first = reader.Start(truth, new Random(1));
        Assert.Equal((9, null), (first.Positive!.Count, first.Negative));
        Assert.NotNull(reader.Correct(truth, new SliceMap(128, 128), new Random(1))!.Positive);
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
        var scribble = Scribble.Draw(ScribbleKind.Centerline, truth, 1, new Random(4));
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
