using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;
using SegBridge.Models.Tests.Bundles;
using SegBridge.Models.Tests.Inference;
using SegBridge.Models.Volumes;
using SegBridge.Models.Volumes.Patches;

namespace SegBridge.Models.Tests.Volumes;

/// <summary>Small PRISM networks from patch to refined mask, against what PyTorch gives for the same prompts.</summary>
[Collection(ParityVectors.Collection)]
public sealed class PrismPipelineTests(ParityVectors vectors) : IDisposable
{
    private const int Grid = 16;

    private readonly ScratchFolder _scratch = new();
    private readonly InferenceDevice _device = new(InferenceDevice.Cpu, threads: 1);
    private ModelRepository? _repository;

    [PyTorchTheory]
    [InlineData("windowed-")]
    [InlineData("mapped-")]
    public async Task Two_steps_give_the_numbers_of_PyTorch(string network)
    {
        var model = Model(network);
        using var features = await Encode(model, network);
        Assert.Equal(model.FeatureBytes, features.SizeBytes);
        var (maps, previous) = (new PromptMaps(Grid), (ReadOnlyMemory<float>?)null);

        for (var step = 0; step < 2; step++)
        {
            var prompts = PromptsOf(step);
            maps.Add(prompts);
            var prediction = await model.StepAsync(features, prompts, maps, previous, "a", null, CancellationToken.None);
            previous = prediction.Refined.Logits;

            var (decoder, refiner) = (Case($"{network}prism-decoder-{step}"), Case($"{network}prism-refiner-{step}"));
            Agreement.Assert(decoder.Expected("candidates"), [.. prediction.Candidates.SelectMany(candidate => candidate.Logits.ToArray())], "candidates");
            Agreement.Assert(decoder.Expected("scores"), [.. prediction.Candidates.Select(candidate => candidate.Confidence)], "scores");
            Agreement.Assert(refiner.Input("logits"), prediction.Candidates[prediction.Selected].Logits.Span, "selected");
            Agreement.Assert(refiner.Expected("refined"), prediction.Refined.Logits.Span, "refined");
            Agreement.Assert(refiner.Expected("error_map"), prediction.Refined.ErrorMap!.Value.Span, "error map");
            Assert.Equal(prediction.Candidates.Max(candidate => candidate.Confidence), prediction.Confidence);
            Assert.True(prediction.ModelMs > 0 && prediction.Refined.ModelMs > 0);
        }
    }

    [PyTorchFact]
    public async Task Scores_become_confidence_by_the_curve_of_the_situation_and_the_same_candidate_is_selected()
    {
        var manifest = ManifestSamples.With(TestBundle.Volume(Grid), "confidence", ManifestSamples.Confidence);
        TestBundle.Write(_scratch.Path, "sure", manifest, [.. Files("mapped-").Select(file => (file.Key, file.Value))]);
        var (raw, sure) = (Model("mapped-"), new VolumeModels(_repository!).Get("sure"));
        var curves = ManifestSamples.Parse(manifest).Confidence!;
        using var features = await Encode(raw, "mapped-");
        using var own = await Encode(sure, "mapped-");

        foreach (var (hasBox, isFirst) in new[] { (true, true), (true, false), (false, true), (false, false) })
        {
            var (prompts, maps, previous) = (PromptsOf(hasBox ? 0 : 1), new PromptMaps(Grid), isFirst ? (ReadOnlyMemory<float>?)null : new float[raw.LogitCount]);
            var scored = await raw.StepAsync(features, prompts, maps, previous, "a", null, CancellationToken.None);
            var step = await sure.StepAsync(own, prompts, maps, previous, "a", null, CancellationToken.None);

            Assert.Equal(scored.Candidates.Select(candidate => curves.Of(hasBox, isFirst).At(candidate.Confidence)), step.Candidates.Select(candidate => candidate.Confidence));
            Assert.Equal(scored.Selected, step.Selected);
        }
    }

    [PyTorchFact]
    public async Task Another_candidate_can_be_refined_instead()
    {
        var model = Model("mapped-");
        using var features = await Encode(model, "mapped-");
        var (prompts, maps) = (PromptsOf(0), new PromptMaps(Grid));
        maps.Add(prompts);
        var step = await model.StepAsync(features, prompts, maps, null, "a", null, CancellationToken.None);

        var same = await model.RefineAsync(features, step.Candidates[step.Selected].Logits, maps, "a", null, CancellationToken.None);
        var other = await model.RefineAsync(features, step.Candidates[(step.Selected + 1) % 3].Logits, maps, "a", null, CancellationToken.None);

        Assert.Equal(step.Refined.Logits.ToArray(), same.Logits.ToArray());
        Assert.NotEqual(step.Refined.Logits.ToArray(), other.Logits.ToArray());
    }

    [PyTorchFact]
    public async Task Without_a_refiner_the_selected_candidate_stands()
    {
        var model = Model("windowed-", "encoder", "decoder");
        using var features = await Encode(model, "windowed-");
        var (prompts, maps) = (PromptsOf(0), new PromptMaps(Grid));

        var step = await model.StepAsync(features, prompts, maps, null, "a", null, CancellationToken.None);

        Assert.Equal(step.Candidates[step.Selected].Logits.ToArray(), step.Refined.Logits.ToArray());
        Assert.Null(step.Refined.ErrorMap);
        Assert.NotNull(step.Refined.MostUncertain);
    }

    [PyTorchFact]
    public async Task What_does_not_fit_is_refused_before_it_waits_for_the_device()
    {
        var model = Model("mapped-");
        using var features = await Encode(model, "mapped-");
        var maps = new PromptMaps(Grid);
        var outside = new VolumePrompts();
        outside.Points.Add(new PatchPoint(0, 0, Grid, true));

        Task<VolumePrediction> Step(VolumePrompts prompts, PromptMaps? all = null, float[]? previous = null) =>
            model.StepAsync(features, prompts, all ?? maps, previous, "a", null, CancellationToken.None);
        async Task<string> Refusal(Func<Task> step) => (await Assert.ThrowsAsync<ArgumentException>(step)).Message;

        Assert.Contains("a step needs a prompt", await Refusal(() => Step(new VolumePrompts())), StringComparison.Ordinal);
        Assert.Contains("(0, 0, 16) is not on the patch of 16³", await Refusal(() => Step(outside)), StringComparison.Ordinal);
        Assert.Contains("they cover 8³", await Refusal(() => Step(PromptsOf(0), new PromptMaps(8))), StringComparison.Ordinal);
        Assert.Contains("16³ = 4096 values, got 1", await Refusal(() => Step(PromptsOf(0), previous: [0])), StringComparison.Ordinal);
        Assert.Contains("16³ voxels, got 8", await Refusal(() => model.EncodeAsync(new VolumePatch(2, new float[8]), "a", null, CancellationToken.None)), StringComparison.Ordinal);
    }

    [PyTorchFact]
    public async Task Features_end_with_their_disposal_and_belong_to_one_model()
    {
        var model = Model("mapped-");
        var other = Model("windowed-");
        var features = await Encode(model, "mapped-");
        var (prompts, maps) = (PromptsOf(0), new PromptMaps(Grid));

        // Image, embedding and three skips at most at full size.
        Assert.InRange(features.SizeBytes, 4L * Grid * Grid * Grid * 2, 4L * Grid * Grid * Grid * 20);
        await Assert.ThrowsAsync<StaleFeaturesException>(() => other.StepAsync(features, prompts, maps, null, "a", null, CancellationToken.None));
        features.Dispose();
        features.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => model.StepAsync(features, prompts, maps, null, "a", null, CancellationToken.None));
    }

    [PyTorchFact]
    public async Task A_cancelled_step_ends_as_cancelled_and_the_next_one_works()
    {
        var model = Model("mapped-");
        using var features = await Encode(model, "mapped-");
        var (prompts, maps) = (PromptsOf(0), new PromptMaps(Grid));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => model.StepAsync(features, prompts, maps, null, "a", null, new CancellationToken(true)));

        Assert.Equal(3, (await model.StepAsync(features, prompts, maps, null, "a", null, CancellationToken.None)).Candidates.Count);
    }

    [PyTorchFact]
    public void Bundles_that_are_no_PRISM_are_refused_and_say_why()
    {
        var files = Files("windowed-");
        var (right, volume) = (TestBundle.Volume(Grid), ManifestSamples.Volume);
        TestBundle.Write(_scratch.Path, "swapped", right, ("encoder", files["decoder"]), ("decoder", files["encoder"]));
        TestBundle.Write(_scratch.Path, "larger", volume, ("encoder", files["encoder"]), ("decoder", files["decoder"]));
        TestBundle.Write(_scratch.Path, "alone", right, ("encoder", files["encoder"]));
        TestBundle.Write(_scratch.Path, "more", TestBundle.Volume(Grid, candidates: 4), ("encoder", files["encoder"]), ("decoder", files["decoder"]));
        TestBundle.Write(_scratch.Path, "foreign", right, ("encoder", files["encoder"]), ("decoder", files["decoder"]), ("refiner", files["encoder"]));
        TestBundle.Write(
            _scratch.Path, "slices", ManifestSamples.With(right, "normalisation", """{"method": "minmax", "clip": "window-or-percentiles", "percentiles": [1, 99]}"""),
            ("encoder", files["encoder"]), ("decoder", files["decoder"]));

        Assert.Contains("0 outputs \"skip_…\"", Refusal("swapped"), StringComparison.Ordinal);
        Assert.Contains("the input \"image\" must take Float [1, 1, 64, 64, 64], it is Float [1, 1, 16, 16, 16]", Refusal("larger"), StringComparison.Ordinal);
        Assert.Contains("has the parts \"encoder\", \"decoder\" and may have \"refiner\"", Refusal("alone"), StringComparison.Ordinal);
        Assert.Contains("gives 3 masks here: candidates must be 3, it is 4", Refusal("more"), StringComparison.Ordinal);
        Assert.Contains("part refiner: the network must have the input \"prompt_maps\"", Refusal("foreign"), StringComparison.Ordinal);
        Assert.Contains("normalisation.method must be \"zscore\"", Refusal("slices"), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _repository?.Dispose();
        _device.Dispose();
        _scratch.Dispose();
    }

    // The prompts of parity_vectors_prism; only the first step has a box there.
    private static VolumePrompts PromptsOf(int step)
    {
        var prompts = new VolumePrompts();
        if (step == 0)
        {
            prompts.Points.AddRange([new PatchPoint(1, 2, 3, true), new PatchPoint(8, 9, 11, false), new PatchPoint(12, 0, 15, true)]);
            prompts.Box = new PatchBox(new PatchVoxel(2, 3, 4), new PatchVoxel(12, 13, 14));
        }
        else
        {
            prompts.Points.Add(new PatchPoint(6, 7, 8, false));
        }

        return prompts;
    }

    private static Task<PatchFeatures> Encode(IVolumeModel model, float[] image) =>
        model.EncodeAsync(new VolumePatch(Grid, image), "a", null, CancellationToken.None);

    private Task<PatchFeatures> Encode(IVolumeModel model, string network) => Encode(model, Case($"{network}prism-encoder").Input("image"));

    private ParityCase Case(string name) => vectors.Case("prism", name);

    private Dictionary<string, string> Files(string network) => new(StringComparer.Ordinal)
    {
        ["encoder"] = Case($"{network}prism-encoder").OnnxFile,
        ["decoder"] = Case($"{network}prism-decoder-0").OnnxFile,
        ["refiner"] = Case($"{network}prism-refiner-0").OnnxFile,
    };

    private IVolumeModel Model(string network, params string[] parts)
    {
        var id = $"{network}small";
        var named = Files(network).Where(file => parts.Length == 0 || parts.Contains(file.Key));
        TestBundle.Write(_scratch.Path, id, TestBundle.Volume(Grid), [.. named.Select(file => (file.Key, file.Value))]);
        return new VolumeModels(_repository ??= new ModelRepository(_scratch.Path, _device)).Get(id);
    }

    private string Refusal(string id)
    {
        _repository ??= new ModelRepository(_scratch.Path, _device);
        Assert.Throws<ModelRefusedException>(() => _repository.Get(id));
        return _repository.Bundles.Single(bundle => bundle.Id == id).Reason!;
    }
}
