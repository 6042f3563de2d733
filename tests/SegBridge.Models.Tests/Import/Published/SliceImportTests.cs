using SegBridge.Models.Bundles;
using SegBridge.Models.Bundles.Manifests;
using SegBridge.Models.Golden;
using SegBridge.Models.Import;
using SegBridge.Models.Import.Checkpoints;
using SegBridge.Models.Inference;
using SegBridge.Models.Slices;

namespace SegBridge.Models.Tests.Import.Published;

/// <summary>The published 2D files become bundles that give the golden numbers and serve slices.</summary>
public sealed class SliceImportTests : IDisposable
{
    private const double Tolerance = 1e-4;
    private const int Side = GoldenMap.Side;

    private static readonly GoldenMap Unet = new(
        0.227656, 0.369605, (0, 0, -0.072729), (0, 127, 0.150446), (64, 64, 0.015413), (127, 0, 0.177965), (37, 91, 0.543503));

    private static readonly GoldenMap MultiverSegAlone = new(
        0.293775, 0.754388, (0, 0, -0.011259), (0, 127, 0.415056), (64, 64, 1.306478), (127, 0, 0.224108), (37, 91, -0.194603));

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
        MultiverSegAlone.Require(RunMultiverSeg(Path.Combine(report.Folder, report.Parts[0].File), half, half), Tolerance);
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

    private float[] RunMultiverSeg(string file, float[] images, float[] labels)
    {
        long[] entries = [1, images.Length / (Side * Side), 1, Side, Side];
        var signature = new PartSignature(
            [new TensorContract("target", [1, 5, Side, Side]), new TensorContract("context_images", entries), new TensorContract("context_labels", entries)],
            [new TensorContract("logits", [1, 1, Side, Side])]);
        using var session = OnnxSession.Open("multiverseg", file, _device, signature);
        using var target = TensorBuffer.Over(GoldenMap.Input(), 1, 5, Side, Side);
        using var contextImages = TensorBuffer.Over(images, entries);
        using var contextLabels = TensorBuffer.Over(labels, entries);
        using var logits = new TensorBuffer(1, 1, Side, Side);
        session.Run([target, contextImages, contextLabels], [logits.Tensor], CancellationToken.None);
        return logits.Values;
    }
}
