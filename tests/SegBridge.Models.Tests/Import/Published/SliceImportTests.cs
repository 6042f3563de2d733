using SegBridge.Models.Bundles;
using SegBridge.Models.Bundles.Manifests;
using SegBridge.Models.Golden;
using SegBridge.Models.Import;
using SegBridge.Models.Import.Checkpoints;
using SegBridge.Models.Inference;
using SegBridge.Models.Slices;
using SegBridge.Models.Slices.MultiverSeg;

namespace SegBridge.Models.Tests.Import.Published;

/// <summary>The published 2D files become bundles that give the golden numbers and serve slices.</summary>
public sealed class SliceImportTests : IDisposable
{
    private const double Tolerance = 1e-4;
    private const int Side = GoldenMap.Side;
    private static readonly SliceGrid Grid = new(Side, Side);

    private static readonly GoldenMap Unet = new(
        0.227656, 0.369605, (0, 0, -0.072729), (0, 127, 0.150446), (64, 64, 0.015413), (127, 0, 0.177965), (37, 91, 0.543503));

    private static readonly GoldenMap MultiverSegAlone = new(
        0.293775, 0.754388, (0, 0, -0.011259), (0, 127, 0.415056), (64, 64, 1.306478), (127, 0, 0.224108), (37, 91, -0.194603));

    private static readonly GoldenMap UniverSeg = new(
        -0.376255, 0.092970, (0, 0, -0.018028), (0, 127, -0.032796), (64, 64, -0.520864), (127, 0, -0.000003), (37, 91, -0.398845));

    private readonly ScratchFolder _scratch = new();
    private readonly InferenceDevice _device = new(InferenceDevice.Cpu);

    private string Models => Path.Combine(_scratch.Path, "models");

    [Fact]
    public async Task ScribblePrompt_UNet_gives_its_golden_numbers_and_serves_a_slice()
    {
        var checkpoint = PublishedFile.Write(Path.Combine(_scratch.Path, "ScribblePrompt_unet_v1_nf192_res128.pt"), PublishedTrees.Unet());

        var report = CheckpointImporter.Import(PublishedFile.Request(ModelFamily.ScribblePromptUnet, checkpoint, Models) with { Licence = "Apache-2.0", Title = "SP" });

        var part = Assert.Single(report.Parts);
        Assert.Equal(29, Assert.Single(report.Sources).Tensors);
        Assert.Empty(report.Sources[0].LeftOut);
        Unet.Require(RunUnet(Path.Combine(report.Folder, part.File)), Tolerance);
        // The shared slopes became attributes, which runtimes fuse into the convolutions.
        Assert.Equal(-1, File.ReadAllBytes(Path.Combine(report.Folder, part.File)).AsSpan().IndexOf("PRelu"u8));
        var manifest = ManifestParser.Read(report.Folder);
        Assert.Equal(("imported", "SP", "Apache-2.0"), (manifest.Id, manifest.Title, manifest.Licence));
        Assert.Equal([report.Folder], Directory.GetFileSystemEntries(Models));
        Assert.Contains(report.Sources[0].Sha256, File.ReadAllText(Path.Combine(report.Folder, "MODEL_CARD.md")), StringComparison.Ordinal);

        using var repository = new ModelRepository(Models, _device);
        var prompts = new SlicePrompts();
        prompts.Points.Add(new SlicePoint(20, 30, true));
        var image = new SliceImage(40, 60, GoldenFill.Uniform("slice", 2400), null);
        var prediction = await new SliceModels(repository).Get("imported").PredictAsync(image, prompts, null, "a", null, CancellationToken.None);
        Assert.Equal(2400, prediction.Mask.Length);
    }

    [Fact]
    public void Half_weights_halve_the_file_and_change_little()
    {
        var checkpoint = PublishedFile.Write(Path.Combine(_scratch.Path, "sp.pt"), PublishedTrees.Unet(), "_orig_mod.");

        var report = CheckpointImporter.Import(PublishedFile.Request(ModelFamily.ScribblePromptUnet, checkpoint, Models) with { Half = true });

        Assert.Equal(["_orig_mod."], report.Sources[0].Unwrapped);
        Assert.InRange(report.Parts[0].Bytes!.Value, 7_900_000, 8_100_000);
        Assert.InRange(report.Half!.LargestError, 1e-6f, 1e-3f);
        Assert.EndsWith(".weight", report.Half.Tensor, StringComparison.Ordinal);
        Unet.Require(RunUnet(Path.Combine(report.Folder, report.Parts[0].File)), 5e-3);
    }

    [Fact]
    public void MultiverSeg_with_its_UNet_gives_its_golden_numbers()
    {
        // v0 and v1 have the same tree.
        var checkpoint = PublishedFile.Write(Path.Combine(_scratch.Path, "MultiverSeg_v1_nf256_res128.pt"), PublishedTrees.MultiverSeg(), "", "model");
        var unet = PublishedFile.Write(Path.Combine(_scratch.Path, "sp.pt"), PublishedTrees.Unet());

        var report = CheckpointImporter.Import(PublishedFile.Request(ModelFamily.MultiverSeg, checkpoint, Models) with { UnetCheckpoint = unet });

        Assert.Equal(["multiverseg", "unet"], report.Parts.Select(part => part.Name));
        Assert.Equal(["model"], report.Sources[0].Unwrapped);
        Assert.Equal(4, report.Sources[0].LeftOut.Count);
        Assert.All(report.Sources[0].LeftOut, name => Assert.StartsWith("dec_blocks.2.support.", name, StringComparison.Ordinal));
        Unet.Require(RunUnet(Path.Combine(report.Folder, report.Parts[1].File)), Tolerance);
        var half = Enumerable.Repeat(0.5f, Side * Side).ToArray();
        MultiverSegAlone.Require(RunInContext(Path.Combine(report.Folder, report.Parts[0].File), 5, half, half), Tolerance);
    }

    [Fact]
    public async Task UniverSeg_gives_its_golden_numbers_and_serves_slices_with_the_UNet_it_needs()
    {
        var checkpoint = PublishedFile.Write(Path.Combine(_scratch.Path, "universeg_v1_nf64_ss64_STA.pt"), PublishedTrees.UniverSeg());
        var request = PublishedFile.Request(ModelFamily.MultiverSeg, checkpoint, Models);
        Assert.Contains("add the ScribblePrompt-UNet checkpoint that refines what it proposes (--unet)", Refusal(request), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Models));

        var unet = PublishedFile.Write(Path.Combine(_scratch.Path, "sp.pt"), PublishedTrees.Unet());
        var report = CheckpointImporter.Import(request with { UnetCheckpoint = unet });

        Assert.Equal(["universeg", "unet"], report.Parts.Select(part => part.Name));
        Assert.Equal(5, ManifestParser.Read(report.Folder).LeastContext);
        var labels = GoldenFill.Uniform("in:ctx_lab", 3 * Side * Side).Select(value => value > 0.5f ? 1f : 0f).ToArray();
        UniverSeg.Require(RunInContext(Path.Combine(report.Folder, report.Parts[0].File), 1, GoldenFill.Uniform("in:ctx_img", labels.Length), labels), Tolerance);

        using var repository = new ModelRepository(Models, _device);
        var model = new SliceModels(repository).Get("imported");
        var image = new SliceImage(40, 60, GoldenFill.Uniform("slice", 2400), null);
        var context = new SliceContext(Enumerable.Repeat(model.ExampleOf(image, new byte[2400]), 5));
        Assert.Equal(2400, (await model.PredictAsync(image, new SlicePrompts(), context, null, "a", null, CancellationToken.None)).Mask.Length);
    }

    [Fact]
    public void A_taken_id_is_refused_before_anything_is_read_unless_it_may_be_replaced()
    {
        Directory.CreateDirectory(Path.Combine(Models, "imported"));
        File.WriteAllText(Path.Combine(Models, "imported", "mine.txt"), "keep");
        var request = PublishedFile.Request(ModelFamily.ScribblePromptUnet, Path.Combine(_scratch.Path, "none.pt"), Models);

        Assert.Contains("there is a model \"imported\" already", Refusal(request), StringComparison.Ordinal);
        Assert.Throws<CheckpointException>(() => CheckpointImporter.Import(request with { Replace = true }));
        Assert.Equal("keep", File.ReadAllText(Path.Combine(Models, "imported", "mine.txt")));
        Assert.Contains("the id must be 1 to 64", Refusal(request with { Id = "../up" }), StringComparison.Ordinal);
    }

    [Fact]
    public void An_import_that_fails_leaves_nothing_behind()
    {
        var tree = PublishedTrees.Unet().Remove("ups.1.conv.0.weight");
        var checkpoint = PublishedFile.Write(Path.Combine(_scratch.Path, "sp.pt"), tree);
        var request = PublishedFile.Request(ModelFamily.ScribblePromptUnet, checkpoint, Models);

        Assert.Contains("missing: ups.1.conv.0.weight (192, 384, 3, 3)", Refusal(request), StringComparison.Ordinal);
        Assert.Contains("PRISM needs the intensity constants", Refusal(request with { Family = ModelFamily.Prism }), StringComparison.Ordinal);
        Assert.Contains("is for MultiverSeg only", Refusal(request with { UnetCheckpoint = checkpoint }), StringComparison.Ordinal);
        Assert.ThrowsAny<OperationCanceledException>(() => CheckpointImporter.Import(
            request with { Checkpoint = PublishedFile.Write(Path.Combine(_scratch.Path, "whole.pt"), PublishedTrees.Unet()) }, null, new CancellationToken(true)));
        Assert.Empty(Directory.GetFileSystemEntries(Models));
    }

    public void Dispose()
    {
        _device.Dispose();
        _scratch.Dispose();
    }

    private static string Refusal(ImportRequest request) => Assert.Throws<ImportException>(() => CheckpointImporter.Import(request)).Message;

    private float[] RunUnet(string file)
    {
        using var part = OnnxPart.Load(
            "unet", file, _device, new TensorContract("input", [1, 5, Side, Side]), new TensorContract("logits", [1, 1, Side, Side]));
        GoldenMap.Input().CopyTo(part.Input.AsSpan());
        var logits = new float[Side * Side];
        part.Run(logits, CancellationToken.None);
        return logits;
    }

    private float[] RunInContext(string file, int channels, float[] images, float[] labels)
    {
        using var network = ContextNetwork.Load("part", file, _device, Grid, channels);
        GoldenMap.Input().AsSpan(0, network.Target.Length).CopyTo(network.Target);
        var context = new SliceContext(images.Chunk(Grid.Count).Zip(labels.Chunk(Grid.Count), (image, label) => new SliceExample(Grid, image, label)));
        var logits = new float[Grid.Count];
        network.Run(context, logits, CancellationToken.None);
        return logits;
    }
}
