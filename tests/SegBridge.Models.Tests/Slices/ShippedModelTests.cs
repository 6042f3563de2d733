using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;
using SegBridge.Models.Slices;

namespace SegBridge.Models.Tests.Slices;

/// <summary>The shipped network on simple images. Nothing here depends on its exact weights.</summary>
public sealed class ShippedModelTests : IDisposable
{
    private const int Rows = 200;
    private const int Columns = 320;

    private readonly InferenceDevice _device = new(InferenceDevice.Cpu);
    private readonly ModelRepository _repository;
    private readonly ISliceModel _model;

    public ShippedModelTests()
    {
        _repository = new ModelRepository(Path.GetDirectoryName(Checkout.ShippedBundle)!, _device);
        _model = new SliceModels(_repository).Get("scribble-2d");
    }

    [Fact]
    public async Task A_click_in_a_bright_disc_finds_the_disc()
    {
        var (image, truth) = Disc(row: 80, column: 220, radius: 40);
        var prompts = new SlicePrompts();
        prompts.Points.Add(new SlicePoint(80, 220, true));

        var prediction = await Predict(image, prompts);

        var dice = Dice(prediction.Mask, truth);
        Assert.True(dice > 0.6, $"Dice is {dice}");
        Assert.InRange(prediction.Confidence, 0.3f, 1f);
        Assert.Equal(_model.LogitCount, prediction.Logits.Length);
        Assert.True(prediction.ModelMs > 0);
    }

    [Fact]
    public async Task A_scribble_in_one_of_two_discs_selects_that_one()
    {
        var (image, left) = Disc(row: 100, column: 90, radius: 35);
        var (_, right) = Disc(row: 100, column: 240, radius: 35);
        var both = new SliceImage(Rows, Columns, image.Pixels.ToArray().Zip(right, (value, inside) => Math.Max(value, inside * 180f)).ToArray(), null);
        var prompts = new SlicePrompts { PositiveScribble = new byte[Rows * Columns] };
        for (var column = 220; column < 260; column++)
        {
            prompts.PositiveScribble[(100 * Columns) + column] = 1;
        }

        var mask = (await Predict(both, prompts)).Mask;

        var (onLeft, onRight) = (Dice(mask, left), Dice(mask, right));
        Assert.True(onRight > onLeft, $"Dice is {onLeft} on the left disc and {onRight} on the right one");
    }

    [Fact]
    public async Task The_same_step_gives_the_same_answer_and_earlier_logits_count()
    {
        var (image, truth) = Disc(row: 120, column: 100, radius: 30);
        var prompts = new SlicePrompts();
        prompts.Boxes.Add(new SliceBox(85, 65, 156, 136));

        var first = await Predict(image, prompts);
        var again = await Predict(image with { Window = null }, prompts);
        var second = await Predict(image, prompts, first.Logits);
        var warm = await Predict(image, prompts, _model.LogitsOf(truth, Rows, Columns));

        Assert.Equal(first.Logits, again.Logits);
        Assert.Equal(first.Mask, again.Mask);
        Assert.NotEqual(first.Logits, second.Logits);
        Assert.True(Dice(warm.Mask, truth) > 0.6, $"Dice is {Dice(warm.Mask, truth)}");
    }

    [Fact]
    public void Logits_of_a_mask_decode_to_that_mask()
    {
        var (_, truth) = Disc(row: 90, column: 150, radius: 45);

        var logits = _model.LogitsOf(truth, Rows, Columns);

        var decoded = MaskDecoder.Decode(logits, new SliceFit(Rows, Columns, new SliceGrid(128, 128)));
        Assert.True(Dice(decoded.Mask, truth) > 0.97, $"Dice is {Dice(decoded.Mask, truth)}");
    }

    [Fact]
    public async Task Sizes_and_points_that_do_not_fit_are_refused()
    {
        var image = new SliceImage(4, 5, new float[20], null);
        var outside = new SlicePrompts();
        outside.Points.Add(new SlicePoint(4.6, 0, true));
        var notANumber = new SlicePrompts();
        notANumber.Points.Add(new SlicePoint(double.NaN, 0, true));

        await Assert.ThrowsAsync<ArgumentException>(() => Predict(image with { Columns = 6 }, new SlicePrompts()));
        await Assert.ThrowsAsync<ArgumentException>(() => Predict(image, new SlicePrompts { NegativeScribble = new byte[19] }));
        await Assert.ThrowsAsync<ArgumentException>(() => Predict(image, new SlicePrompts(), new float[7]));
        await Assert.ThrowsAsync<ArgumentException>(() => Predict(image, notANumber));
        var exception = await Assert.ThrowsAsync<ArgumentException>(() => Predict(image, outside));
        Assert.Contains("the point at row 4.6, column 0 is not on the slice of 4 × 5 pixels", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slice_of_one_pixel_works() =>
        Assert.Single((await Predict(new SliceImage(1, 1, new float[] { 3 }, null), new SlicePrompts())).Mask);

    [Fact]
    public async Task A_cancelled_step_ends_as_cancelled_while_others_go_on()
    {
        var (image, _) = Disc(row: 100, column: 100, radius: 20);
        using var cancel = new CancellationTokenSource();
        var stale = Enumerable.Range(0, 10)
            .Select(_ => _model.PredictAsync(image, new SlicePrompts(), null, "a", null, cancel.Token)).ToList();
        var other = Predict(image, new SlicePrompts());

        await cancel.CancelAsync();

        await other;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stale[^1]);
    }

    public void Dispose()
    {
        _repository.Dispose();
        _device.Dispose();
    }

    private Task<SlicePrediction> Predict(SliceImage image, SlicePrompts prompts, ReadOnlyMemory<float>? previous = null) =>
        _model.PredictAsync(image, prompts, previous, "test", null, CancellationToken.None);

    private static (SliceImage Image, byte[] Truth) Disc(int row, int column, int radius)
    {
        var random = new Random(5);
        var pixels = new float[Rows * Columns];
        var truth = new byte[pixels.Length];
        for (var n = 0; n < pixels.Length; n++)
        {
            var (down, right) = ((n / Columns) - row, (n % Columns) - column);
            truth[n] = (byte)((down * down) + (right * right) <= radius * radius ? 1 : 0);
            pixels[n] = (truth[n] * 150) + (random.NextSingle() * 30);
        }

        return (new SliceImage(Rows, Columns, pixels, null), truth);
    }

    private static double Dice(byte[] mask, byte[] truth) =>
        2.0 * mask.Zip(truth).Count(pair => pair.First + pair.Second == 2) / Math.Max(1, mask.Sum(value => value) + truth.Sum(value => value));
}
