using SegBridge.Imaging.Intensity;
using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;
using SegBridge.Models.Slices;
using SegBridge.Models.Tests.Bundles;
using SegBridge.Models.Tests.Inference;

namespace SegBridge.Models.Tests.Slices;

/// <summary>A tiny ScribblePrompt-SAM from slice to masks, against what PyTorch gives for the same prompts.</summary>
[Collection(ParityVectors.Collection)]
public sealed class SamPipelineTests(ParityVectors vectors) : IDisposable
{
    private const int Rows = 60;
    private const int Columns = 50;
    private const int Side = 80;

    private readonly ScratchFolder _scratch = new();
    private readonly InferenceDevice _device = new(InferenceDevice.Cpu, threads: 1);
    private ModelRepository? _repository;

    [PyTorchFact]
    public async Task Points_and_a_previous_mask_give_the_numbers_of_PyTorch()
    {
        var (model, image) = (Model(), Image());
        var prompts = GoldenPoints();
        var (pointed, masked) = (Case("points"), Case("points-and-mask"));

        var first = await model.PredictAsync(image, prompts, null, "a", null, CancellationToken.None);
        var second = await model.PredictAsync(image, prompts, masked.Input("mask_input"), "a", null, CancellationToken.None);

        Agreement.Assert(pointed.Expected("masks"), Logits(first), "masks");
        Agreement.Assert(masked.Expected("masks"), Logits(second), "masks after a mask");
        foreach (var (prediction, parity) in new[] { (first, pointed), (second, masked) })
        {
            var scores = parity.Expected("scores");
            Assert.Equal(Array.IndexOf(scores, scores.Max()), prediction.Chosen);
            Assert.Same(prediction.Candidates[prediction.Chosen].Logits, prediction.Logits);
            Assert.Same(prediction.Candidates[prediction.Chosen].Mask, prediction.Mask);
            Assert.Equal(Rows * Columns, prediction.Mask.Length);
            Assert.Equal(model.LogitCount, prediction.Logits.Length);
        }
    }

    [PyTorchFact]
    public async Task A_scribble_does_what_clicks_on_its_pixels_do()
    {
        var (model, image) = (Model(), Image());
        var scribbled = new SlicePrompts { PositiveScribble = new byte[Rows * Columns], NegativeScribble = new byte[Rows * Columns] };
        var clicked = new SlicePrompts();
        for (var column = 10; column < 20; column++)
        {
            scribbled.PositiveScribble[(30 * Columns) + column] = 1;
            clicked.Points.Add(new SlicePoint(30, column, true));
        }

        scribbled.NegativeScribble[(5 * Columns) + 3] = 1;
        clicked.Points.Add(new SlicePoint(5, 3, false));

        var drawn = await model.PredictAsync(image, scribbled, null, "a", null, CancellationToken.None);
        var clicks = await model.PredictAsync(image, clicked, null, "a", null, CancellationToken.None);
        clicked.Boxes.Add(new SliceBox(10, 5, 40, 30));
        var boxed = await model.PredictAsync(image, clicked, null, "a", null, CancellationToken.None);

        Assert.Equal(clicks.Logits, drawn.Logits);
        Assert.NotEqual(clicks.Logits, boxed.Logits);
    }

    [PyTorchFact]
    public async Task A_slice_without_a_number_and_a_step_without_a_prompt_work()
    {
        var model = Model();
        var blank = new SliceImage(7, 9, Enumerable.Repeat(float.NaN, 63).ToArray(), null);

        var prediction = await model.PredictAsync(blank, new SlicePrompts(), null, "a", null, CancellationToken.None);

        Assert.All(prediction.Logits, value => Assert.True(float.IsFinite(value)));
        Assert.Equal(63, prediction.Mask.Length);
        Assert.Equal(3, prediction.Candidates.Count);
    }

    [PyTorchFact]
    public void Bundles_that_are_no_SAM_are_refused_and_say_why()
    {
        var (encoder, decoder) = Files();
        TestBundle.Write(_scratch.Path, "swapped", Manifest(), ("encoder", decoder), ("decoder", encoder));
        TestBundle.Write(_scratch.Path, "uneven", TestBundle.Slices("scribbleprompt-sam", 85, 85, 1, 3), ("encoder", encoder), ("decoder", decoder));
        TestBundle.Write(_scratch.Path, "single", TestBundle.Slices("scribbleprompt-sam", Side, Side, 1, 1), ("encoder", encoder), ("decoder", decoder));

        Assert.Contains("part encoder: the network must have the output \"embedding\"", Refusal("swapped"), StringComparison.Ordinal);
        Assert.Contains("input.size must be [80, 80], it is [85, 85]", Refusal("uneven"), StringComparison.Ordinal);
        Assert.Contains("candidates must be 3, it is 1", Refusal("single"), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _repository?.Dispose();
        _device.Dispose();
        _scratch.Dispose();
    }

    private static string Manifest() => TestBundle.Slices("scribbleprompt-sam", Side, Side, channels: 1, candidates: 3);

    private static float[] Logits(SlicePrediction prediction) => [.. prediction.Candidates.SelectMany(candidate => candidate.Logits)];

    // Given there on 128 × 128 pixels.
    private static SlicePrompts GoldenPoints()
    {
        var prompts = new SlicePrompts();
        prompts.Points.Add(new SlicePoint(40 * Rows / 128.0, 30 * Columns / 128.0, true));
        prompts.Points.Add(new SlicePoint(90 * Rows / 128.0, 100 * Columns / 128.0, false));
        return prompts;
    }

    private SliceImage Image() => new(Rows, Columns, vectors.Case("sam", "sam-encoder").Input("image"), new IntensityWindow(0, 1));

    private ParityCase Case(string name) => vectors.Case("sam", $"sam-decoder-{name}");

    private (string Encoder, string Decoder) Files() => (vectors.Case("sam", "sam-encoder").OnnxFile, Case("points").OnnxFile);

    private ISliceModel Model()
    {
        var (encoder, decoder) = Files();
        TestBundle.Write(_scratch.Path, "tiny", Manifest(), ("encoder", encoder), ("decoder", decoder));
        return new SliceModels(_repository ??= new ModelRepository(_scratch.Path, _device)).Get("tiny");
    }

    private string Refusal(string id)
    {
        _repository ??= new ModelRepository(_scratch.Path, _device);
        Assert.Throws<ModelRefusedException>(() => _repository.Get(id));
        return _repository.Bundles.Single(bundle => bundle.Id == id).Reason!;
    }
}
