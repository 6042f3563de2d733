using SegBridge.Imaging.Intensity;
using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;
using SegBridge.Models.Slices;
using SegBridge.Models.Tests.Bundles;
using SegBridge.Models.Tests.Inference;

namespace SegBridge.Models.Tests.Slices;

/// <summary>A small UniverSeg with its UNet from slice and context to logits, against what PyTorch gives for the same.</summary>
[Collection(ParityVectors.Collection)]
public sealed class UniverSegPipelineTests(ParityVectors vectors) : IDisposable
{
    private const int Rows = 48;
    private const int Columns = 64;
    private const int Cells = Rows * Columns;
    private const int Examples = 5;
    private const double Tolerance = 1e-3;

    private readonly ScratchFolder _scratch = new();
    private readonly InferenceDevice _device = new(InferenceDevice.Cpu, threads: 1);
    private ModelRepository? _repository;

    [PyTorchFact]
    public async Task The_UNet_refines_by_prompts_what_UniverSeg_proposes()
    {
        var model = Model("both");

        var logits = await Logits(model, Prompts(), Context(Examples));

        Agreement.Assert(Refined.Expected("logits"), logits, "refined", Tolerance);
    }

    [PyTorchFact]
    public async Task Without_prompts_the_proposal_stands_and_the_next_step_refines_it()
    {
        var model = Model("both");

        var proposal = await Logits(model, new SlicePrompts(), Context(Examples));
        Agreement.Assert(Proposal.Expected("logits"), proposal, "proposal", Tolerance);
        // A mask that is there already changes nothing for UniverSeg, which takes none.
        Assert.Equal(proposal, await Logits(model, new SlicePrompts(), Context(Examples), new float[Cells]));

        var refined = await Logits(model, Prompts(), Context(Examples), proposal);
        Agreement.Assert(Refined.Expected("logits"), refined, "refined", Tolerance);
    }

    [PyTorchFact]
    public async Task With_logits_of_its_own_or_too_few_examples_the_UNet_is_alone()
    {
        var model = Model("both");
        TestBundle.Write(_scratch.Path, "alone", TestBundle.Slices("scribbleprompt-unet", Rows, Columns), ("unet", Refined.OnnxFile));
        var alone = new SliceModels(_repository!).Get("alone");
        var previous = Enumerable.Range(0, Cells).Select(cell => (cell % 7) - 3f).ToArray();

        Assert.Equal(await Logits(alone, Prompts(), SliceContext.Empty), await Logits(model, Prompts(), Context(Examples - 1)));
        Assert.Equal(await Logits(alone, Prompts(), SliceContext.Empty, previous), await Logits(model, Prompts(), Context(Examples), previous));
    }

    [PyTorchFact]
    public void A_UniverSeg_without_its_UNet_or_beside_MultiverSeg_is_refused()
    {
        var manifest = TestBundle.Slices("multiverseg", Rows, Columns, context: true);
        TestBundle.Write(_scratch.Path, "one", manifest, ("universeg", Proposal.OnnxFile));
        TestBundle.Write(_scratch.Path, "three", manifest, ("universeg", Proposal.OnnxFile), ("unet", Refined.OnnxFile), ("multiverseg", Proposal.OnnxFile));
        TestBundle.Write(_scratch.Path, "wide", manifest, ("universeg", vectors.Case("multiverseg", "multiverseg-5").OnnxFile), ("unet", Refined.OnnxFile));

        Assert.Contains("has the parts \"universeg\", \"unet\", the manifest names \"universeg\"", Refusal("one"), StringComparison.Ordinal);
        Assert.Contains("has the parts \"universeg\", \"unet\", the manifest names", Refusal("three"), StringComparison.Ordinal);
        Assert.Contains("the input \"target\" must take Float [1, 1, 48, 64]", Refusal("wide"), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _repository?.Dispose();
        _device.Dispose();
        _scratch.Dispose();
    }

    // Those of parity_vectors_multiverseg.
    private static SlicePrompts Prompts()
    {
        var prompts = new SlicePrompts();
        prompts.Points.AddRange([new SlicePoint(20, 30, true), new SlicePoint(3, 4, false)]);
        prompts.Boxes.Add(new SliceBox(10, 20, 30, 40));
        return prompts;
    }

    private ParityCase Proposal => vectors.Case("multiverseg", "sp-uvs-proposal");

    private ParityCase Refined => vectors.Case("multiverseg", "sp-uvs");

    private SliceContext Context(int examples) => new(
        Proposal.Input("context_images").Chunk(Cells).Zip(
            Proposal.Input("context_labels").Chunk(Cells), (image, mask) => new SliceExample(new SliceGrid(Rows, Columns), image, mask)).Take(examples));

    private async Task<float[]> Logits(ISliceModel model, SlicePrompts prompts, SliceContext context, float[]? previous = null)
    {
        var image = new SliceImage(Rows, Columns, Proposal.Input("target"), new IntensityWindow(0, 1));
        ReadOnlyMemory<float>? before = previous is null ? (ReadOnlyMemory<float>?)null : previous;
        return (await model.PredictAsync(image, prompts, context, before, "a", null, CancellationToken.None)).Logits;
    }

    private ISliceModel Model(string id)
    {
        var manifest = ManifestSamples.With(TestBundle.Slices("multiverseg", Rows, Columns, context: true), "leastContext", $"{Examples}");
        TestBundle.Write(_scratch.Path, id, manifest, ("universeg", Proposal.OnnxFile), ("unet", Refined.OnnxFile));
        return new SliceModels(_repository ??= new ModelRepository(_scratch.Path, _device)).Get(id);
    }

    private string Refusal(string id)
    {
        _repository ??= new ModelRepository(_scratch.Path, _device);
        Assert.Throws<ModelRefusedException>(() => _repository.Get(id));
        return _repository.Bundles.Single(bundle => bundle.Id == id).Reason!;
    }
}
