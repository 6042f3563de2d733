using Microsoft.ML.OnnxRuntime;
using SegBridge.Imaging.Intensity;
using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;
using SegBridge.Models.Slices;
using SegBridge.Models.Tests.Bundles;
using SegBridge.Models.Tests.Inference;

namespace SegBridge.Models.Tests.Slices;

/// <summary>A small MultiverSeg from slice and context to mask, beside its bare network.</summary>
[Collection(ParityVectors.Collection)]
public sealed class MultiverSegPipelineTests(ParityVectors vectors) : IDisposable
{
    private const int Rows = 48;
    private const int Columns = 64;
    private const int Cells = Rows * Columns;

    private readonly ScratchFolder _scratch = new();
    private readonly InferenceDevice _device = new(InferenceDevice.Cpu, threads: 1);
    private ModelRepository? _repository;

    [PyTorchFact]
    public async Task Target_and_context_reach_the_network_channel_by_channel()
    {
        var model = Model("plain", Rows, Columns);
        var (image, prompts, previous) = (Image(1), new SlicePrompts(), Image(2).Pixels);
        prompts.Points.Add(new SlicePoint(20, 30, true));
        prompts.Points.Add(new SlicePoint(3, 4, false));
        prompts.Boxes.Add(new SliceBox(10, 20, 30, 40));
        SliceImage[] finished = [Image(3), Image(4), Image(5)];
        var masks = finished.Select((_, n) => Enumerable.Range(0, Cells).Select(cell => (byte)(cell % (n + 2) == 0 ? 1 : 0)).ToArray()).ToArray();
        var context = new SliceContext(finished.Zip(masks, (slice, mask) => model.ExampleOf(slice, mask)));

        var prediction = await model.PredictAsync(image, prompts, context, previous, "a", null, CancellationToken.None);

        var target = new float[5 * Cells];
        image.Pixels.CopyTo(target);
        for (var row = 10; row < 30; row++)
        {
            target.AsSpan(Cells + (row * Columns) + 20, 20).Fill(1);
        }

        target[(2 * Cells) + (20 * Columns) + 30] = 1;
        target[(3 * Cells) + (3 * Columns) + 4] = 1;
        previous.CopyTo(target.AsMemory(4 * Cells));
        float[] images = [.. finished.SelectMany(slice => slice.Pixels.ToArray())];
        float[] labels = [.. masks.SelectMany(mask => mask.Select(value => (float)value))];
        Assert.Equal(Bare(target, images, labels, finished.Length), prediction.Logits);
        Assert.NotEqual((await model.PredictAsync(image, prompts, SliceContext.Empty, previous, "a", null, CancellationToken.None)).Logits, prediction.Logits);
    }

    [PyTorchFact]
    public async Task Without_context_the_network_sees_one_grey_example()
    {
        var model = Model("plain", Rows, Columns);
        var grey = Enumerable.Repeat(0.5f, Cells).ToArray();
        var target = new float[5 * Cells];
        Image(1).Pixels.CopyTo(target);

        var prediction = await model.PredictAsync(Image(1), new SlicePrompts(), null, "a", null, CancellationToken.None);

        Assert.Equal(Bare(target, grey, grey, 1), prediction.Logits);
    }

    [PyTorchFact]
    public async Task A_bundle_with_a_UNet_uses_it_until_there_is_enough_context()
    {
        var unet = Directory.GetFiles(Checkout.ShippedBundle, "*.onnx").Single();
        TestBundle.Write(_scratch.Path, "scribble", TestBundle.Slices("scribbleprompt-unet", 128, 128), ("unet", unet));
        var both = Model("both", 128, 128, leastContext: 2, more: ("unet", unet));
        var scribble = new SliceModels(_repository!).Get("scribble");
        var prompts = new SlicePrompts();
        prompts.Points.Add(new SlicePoint(20, 30, true));
        var example = both.ExampleOf(Image(2), new byte[Cells]);
        SliceContext Context(int count) => new(Enumerable.Repeat(example, count));
        async Task<float[]> Logits(SliceContext context) =>
            (await both.PredictAsync(Image(1), prompts, context, null, "a", null, CancellationToken.None)).Logits;

        var expected = (await scribble.PredictAsync(Image(1), prompts, null, "a", null, CancellationToken.None)).Logits;

        Assert.Equal(expected, await Logits(Context(0)));
        Assert.Equal(expected, await Logits(Context(1)));
        Assert.NotEqual(expected, await Logits(Context(2)));
        Assert.Throws<NotSupportedException>(() => scribble.ExampleOf(Image(1), new byte[Cells]));
    }

    [PyTorchFact]
    public async Task A_proposal_less_sure_than_the_bundle_asks_for_is_left_empty_and_counts_as_none()
    {
        var (open, strict) = (Model("open", Rows, Columns), Model("strict", Rows, Columns, leastConfidence: "1"));
        var context = new SliceContext([open.ExampleOf(Image(2), Enumerable.Repeat((byte)1, Cells).ToArray())]);
        var (none, click) = (new SlicePrompts(), new SlicePrompts());
        click.Points.Add(new SlicePoint(20, 30, true));
        Task<SlicePrediction> Ask(ISliceModel model, SlicePrompts prompts, float[]? previous) => model.PredictAsync(
            Image(1), prompts, context, previous is null ? (ReadOnlyMemory<float>?)null : previous, "a", null, CancellationToken.None);

        var (shown, withheld) = (await Ask(open, none, null), await Ask(strict, none, null));

        Assert.InRange(shown.Confidence, 0.01f, 0.999f);
        Assert.DoesNotContain((byte)1, withheld.Mask);
        Assert.Equal(0, withheld.Confidence);
        Assert.Null(withheld.MostUncertain);
        // Asked once more it is no surer, and a prompt starts from nothing.
        Assert.DoesNotContain((byte)1, (await Ask(strict, none, withheld.Logits)).Mask);
        Assert.Equal((await Ask(open, click, null)).Logits, (await Ask(strict, click, withheld.Logits)).Logits);
        // A mask that is there is no proposal, and what prompts say is shown.
        Assert.Equal((await Ask(open, none, shown.Logits)).Mask, (await Ask(strict, none, shown.Logits)).Mask);
        Assert.Equal((await Ask(open, click, shown.Logits)).Mask, (await Ask(strict, click, shown.Logits)).Mask);
        Assert.NotEqual((await Ask(open, click, withheld.Logits)).Logits, (await Ask(strict, click, withheld.Logits)).Logits);
    }

    [PyTorchFact]
    public async Task The_UNet_has_its_share_in_what_follows_from_prompts_and_none_in_a_proposal()
    {
        var unet = Directory.GetFiles(Checkout.ShippedBundle, "*.onnx").Single();
        TestBundle.Write(_scratch.Path, "scribble", TestBundle.Slices("scribbleprompt-unet", 128, 128), ("unet", unet));
        var (plain, shared) = (Model("plain", 128, 128), Model("shared", 128, 128, unetShare: "0.25", more: ("unet", unet)));
        var scribble = new SliceModels(_repository!).Get("scribble");
        var context = new SliceContext([plain.ExampleOf(Image(2), new byte[Cells])]);
        var click = new SlicePrompts();
        click.Points.Add(new SlicePoint(20, 30, true));
        async Task<float[]> Logits(ISliceModel model, SlicePrompts prompts, SliceContext examples) =>
            (await model.PredictAsync(Image(1), prompts, examples, null, "a", null, CancellationToken.None)).Logits;

        var (alone, inContext) = (await Logits(scribble, click, SliceContext.Empty), await Logits(plain, click, context));

        float[] expected = [.. inContext.Zip(alone, (a, b) => (0.75f * a) + (0.25f * b))];
        var mixed = await Logits(shared, click, context);

        Agreement.Assert(expected, mixed, "shared", 1e-4);
        Assert.Equal(alone, await Logits(shared, click, SliceContext.Empty));
        Assert.Equal(await Logits(plain, new SlicePrompts(), context), await Logits(shared, new SlicePrompts(), context));
    }

    [PyTorchFact]
    public void A_share_of_a_UNet_that_is_not_there_is_refused()
    {
        var manifest = ManifestSamples.With(TestBundle.Slices("multiverseg", Rows, Columns, context: true), "unetShare", "0.25");
        TestBundle.Write(_scratch.Path, "lone", manifest, ("multiverseg", Network));
        _repository = new ModelRepository(_scratch.Path, _device);

        Assert.Throws<ModelRefusedException>(() => _repository.Get("lone"));
        Assert.Equal("unetShare needs the part \"unet\", which the manifest does not name", _repository.Bundles[0].Reason);
    }

    [PyTorchFact]
    public async Task Examples_of_another_grid_are_refused()
    {
        var model = Model("plain", Rows, Columns);
        var other = Model("large", 128, 128);
        var context = new SliceContext([other.ExampleOf(Image(1), new byte[Cells])]);

        var exception = await Assert.ThrowsAsync<ArgumentException>(
            () => model.PredictAsync(Image(1), new SlicePrompts(), context, null, "a", null, CancellationToken.None));

        Assert.Contains("on its grid of 48 × 64, theirs is 128 × 128", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => model.ExampleOf(Image(1), new byte[Cells - 1]));
    }

    [PyTorchFact]
    public void A_network_with_a_context_of_fixed_length_or_another_target_is_refused()
    {
        TestBundle.Write(
            _scratch.Path, "narrow", TestBundle.Slices("multiverseg", Rows, Columns, context: true), ("multiverseg", vectors.Case("multiverseg", "universeg-3").OnnxFile));
        _repository = new ModelRepository(_scratch.Path, _device);

        Assert.Throws<ModelRefusedException>(() => _repository.Get("narrow"));
        Assert.Contains("the input \"target\" must take Float [1, 5, 48, 64]", _repository.Bundles[0].Reason, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _repository?.Dispose();
        _device.Dispose();
        _scratch.Dispose();
    }

    // From 0 to 1 exactly, so that normalisation changes nothing.
    private static SliceImage Image(int seed)
    {
        var chance = new Random(seed);
        var pixels = Enumerable.Range(0, Cells).Select(_ => chance.NextSingle()).ToArray();
        (pixels[0], pixels[1]) = (0, 1);
        return new SliceImage(Rows, Columns, pixels, new IntensityWindow(0, 1));
    }

    private float[] Bare(float[] target, float[] images, float[] labels, int entries)
    {
        using var session = new InferenceSession(Network);
        long[] context = [1, entries, 1, Rows, Columns];
        using var targetIn = OrtValue.CreateTensorValueFromMemory(target, [1, 5, Rows, Columns]);
        using var imagesIn = OrtValue.CreateTensorValueFromMemory(images, context);
        using var labelsIn = OrtValue.CreateTensorValueFromMemory(labels, context);
        using var options = new RunOptions();
        using var results = session.Run(options, ["target", "context_images", "context_labels"], [targetIn, imagesIn, labelsIn], ["logits"]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private string Network => vectors.Case("multiverseg", "multiverseg-5").OnnxFile;

    private ISliceModel Model(
        string id, int rows, int columns, int leastContext = 1, string leastConfidence = "0", string unetShare = "0", params (string, string)[] more)
    {
        var manifest = ManifestSamples.With(TestBundle.Slices("multiverseg", rows, columns, context: true), "leastContext", $"{leastContext}");
        manifest = ManifestSamples.With(ManifestSamples.With(manifest, "leastConfidence", leastConfidence), "unetShare", unetShare);
        TestBundle.Write(_scratch.Path, id, manifest, [("multiverseg", Network), .. more]);
        return new SliceModels(_repository ??= new ModelRepository(_scratch.Path, _device)).Get(id);
    }
}
