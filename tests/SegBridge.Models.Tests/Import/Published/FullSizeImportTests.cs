using SegBridge.Imaging.Intensity;
using SegBridge.Models.Bundles;
using SegBridge.Models.Import;
using SegBridge.Models.Inference;
using SegBridge.Models.Slices;
using SegBridge.Models.Slices.ScribblePromptSam;
using SegBridge.Models.Volumes;
using SegBridge.Models.Volumes.Patches;
using SegBridge.Models.Volumes.Prism;

namespace SegBridge.Models.Tests.Import.Published;

/// <summary>The large published files become bundles that give the golden numbers through the server's own pipelines.</summary>
public sealed class FullSizeImportTests : IDisposable
{
    private const double Tolerance = 1e-4;
    private const int Side = 128;
    private readonly ScratchFolder _scratch = new();
    private readonly InferenceDevice _device = new(InferenceDevice.Cpu);

    [FullSizeFact]
    public async Task ScribblePrompt_SAM_gives_its_golden_numbers()
    {
        var checkpoint = PublishedFile.Write(Path.Combine(_scratch.Path, "ScribblePrompt_sam_v1_vit_b_res128.pt"), TransformerTrees.Sam());
        var report = CheckpointImporter.Import(PublishedFile.Request(ModelFamily.ScribblePromptSam, checkpoint, Path.Combine(_scratch.Path, "models")));
        File.Delete(checkpoint);
        using var repository = new ModelRepository(Path.GetDirectoryName(report.Folder)!, _device);
        var model = new SliceModels(repository).Get("imported");
        var image = new SliceImage(Side, Side, GoldenFill.Uniform("in:img", Side * Side), new IntensityWindow(0, 1));
        var prompts = new SlicePrompts { PositiveScribble = new byte[Side * Side], NegativeScribble = new byte[Side * Side] };
        // The golden points are (x, y).
        prompts.Points.Add(new SlicePoint(40, 30, true));
        prompts.Points.Add(new SlicePoint(90, 100, false));
        prompts.PositiveScribble.AsSpan((50 * Side) + 60, 10).Fill(1);
        for (var row = 5; row < 9; row++)
        {
            prompts.NegativeScribble[(row * Side) + 7] = 1;
        }

        prompts.Boxes.Add(new SliceBox(25, 20, 95, 80));
        var first = await model.PredictAsync(image, prompts, null, "a", null, CancellationToken.None);
        var again = new SlicePrompts();
        again.Points.AddRange(prompts.Points);
        var second = await model.PredictAsync(image, again, first.Logits, "a", null, CancellationToken.None);

        OnImage(first.Logits, new GoldenMap(-0.063123, 0.353930, (0, 0, -0.787084), (64, 64, -0.526654), (37, 91, 0.300616)));
        OnImage(second.Logits, new GoldenMap(0.244731, 0.226162, (0, 0, 0.059308), (64, 64, 0.129896), (37, 91, 0.683398)));
    }

    [FullSizeFact]
    public void Prism_gives_its_golden_numbers()
    {
        var checkpoint = PublishedFile.Write(Path.Combine(_scratch.Path, "best.pth.tar"), TransformerTrees.Prism(), "", "model_state_dict");
        var report = CheckpointImporter.Import(PublishedFile.Request(ModelFamily.Prism, checkpoint, Path.Combine(_scratch.Path, "models")));
        File.Delete(checkpoint);
        Assert.Equal(["model_state_dict"], report.Sources[0].Unwrapped);
        using var repository = new ModelRepository(Path.GetDirectoryName(report.Folder)!, _device);
        var network = Assert.IsType<PrismNetwork>(repository.Get("imported").Network);
        var voxels = GoldenFill.Uniform("in:vol", Side * Side * Side).Select(value => (4 * value) - 2).ToArray();
        using var features = network.Encode(new VolumePatch(Side, voxels), CancellationToken.None);
        var maps = new PromptMaps(Side);
        var prompts = new VolumePrompts { Box = new PatchBox(new PatchVoxel(20, 30, 40), new PatchVoxel(90, 100, 110)) };
        prompts.Points.Add(new PatchPoint(10, 20, 30, true));
        prompts.Points.Add(new PatchPoint(64, 70, 90, false));
        prompts.Points.Add(new PatchPoint(100, 5, 127, true));

        var refined = Step(network, features, maps, prompts, null, [0.456926, 0.693224, 0.434328], [(0, 0, 0, 0.986804), (64, 64, 64, -0.700080), (127, 3, 50, -0.556603), (10, 20, 30, -1.553025)]);
        prompts.Points.Clear();
        prompts.Points.Add(new PatchPoint(50, 60, 70, true));
        Step(network, features, maps, prompts, refined, [0.487415, 0.747770, 0.426669], [(0, 0, 0, 0.592857), (64, 64, 64, -1.126846), (127, 3, 50, -0.282783), (10, 20, 30, -0.991171)]);
    }

    public void Dispose()
    {
        _device.Dispose();
        _scratch.Dispose();
    }

    private static void OnImage(float[] logits, GoldenMap golden)
    {
        var onImage = new float[Side * Side];
        SamMaskDecoder.Enlarge(logits, new SliceGrid(256, 256), new SliceGrid(1024, 1024), Side, Side, onImage);
        golden.Require(onImage, Tolerance);
    }

    private static ReadOnlyMemory<float> Step(
        PrismNetwork network, PatchFeatures features, PromptMaps maps, VolumePrompts prompts, ReadOnlyMemory<float>? previous,
        double[] scores, (int R, int A, int S, double Value)[] samples)
    {
        maps.Add(prompts);
        var candidates = network.Decode(features, prompts, maps, previous, CancellationToken.None);
        for (var n = 0; n < scores.Length; n++)
        {
            Assert.Equal(scores[n], candidates[n].Confidence, Tolerance);
        }

        var best = candidates.MaxBy(candidate => candidate.Confidence)!;
        var refined = network.Refine(features, best.Logits, maps, CancellationToken.None).Logits;
        foreach (var (r, a, s, value) in samples)
        {
            // The binarisation within the refiner may flip single voxels.
            Assert.Equal(value, refined.Span[(((r * Side) + a) * Side) + s], 1e-3);
        }

        return refined;
    }
}
