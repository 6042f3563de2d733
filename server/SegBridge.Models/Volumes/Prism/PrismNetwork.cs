using Microsoft.ML.OnnxRuntime;
using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;
using SegBridge.Models.Volumes.Patches;

namespace SegBridge.Models.Volumes.Prism;

/// <summary>
/// PRISM. The part "encoder" runs once per patch: float32 "image" [1, 1, G, G, G] to the features of
/// <see cref="PrismShapes"/>. The part "decoder" runs at every step: features, "point_coordinates" [1, N, 3] and
/// "point_labels" [1, N] (<see cref="PrismTokens"/>), "previous_logits" [1, 1, G, G, G] (zeros at the first step) and, in
/// some networks, "prompt_maps" [1, 3, G, G, G] to "candidates" [1, K, G, G, G] and "scores" [1, K]. The optional part
/// "refiner" corrects one candidate: "image", "logits" and "prompt_maps" [1, 2 or 3, G, G, G] to "refined" and
/// "error_map" [1, 1, G, G, G]; without it the candidate stands as it is. Scores become confidence by the manifest's curves.
/// </summary>
internal sealed class PrismNetwork : VolumeNetwork
{
    private const string EncoderName = "encoder";
    private const string DecoderName = "decoder";
    private const string RefinerName = "refiner";

    private readonly PrismParts _parts;
    private readonly PrismShapes _shapes;
    private readonly int _refinerMaps;
    private readonly int _scribbleTokens;
    private readonly CandidateConfidence? _confidence;
    private readonly TensorBuffer _zeros;

    private PrismNetwork(PrismParts parts, PrismShapes shapes, int refinerMaps, ModelManifest manifest, string device)
        : base(device, shapes.Grid)
    {
        _parts = parts;
        _shapes = shapes;
        _refinerMaps = refinerMaps;
        _scribbleTokens = manifest.ScribbleTokens;
        _confidence = manifest.Confidence;
        _zeros = new TensorBuffer(shapes.Volume);
    }

    public override long FeatureBytes => (_zeros.Values.Length + _shapes.Features.Sum(feature => (long)feature.Length)) * sizeof(float);

    /// <param name="manifest">A manifest of this family.</param>
    /// <param name="files">Verified files by the name of their part.</param>
    /// <param name="device">Where the network will run.</param>
    /// <exception cref="BundleException">Manifest or network are not as the family needs them.</exception>
    public static PrismNetwork Load(ModelManifest manifest, IReadOnlyDictionary<string, string> files, InferenceDevice device)
    {
        var rules = new FamilyRules(manifest);
        rules.RequirePatches();
        rules.RequireChannels(1);
        rules.RequireContext(false);
        rules.RequireParts([EncoderName, DecoderName], RefinerName);
        _ = rules.RequireZScore();
        var grid = manifest.Input.Size[0];
        var parts = new PrismParts();
        try
        {
            IReadOnlyList<TensorContract> features = [];
            parts.Encoder = OnnxSession.Open(EncoderName, files[EncoderName], device, metadata =>
                PrismShapes.Encoder(grid, features = PrismShapes.FeaturesOf(metadata, grid)));
            PrismShapes? shapes = null;
            parts.Decoder = OnnxSession.Open(DecoderName, files[DecoderName], device, metadata =>
                (shapes = PrismShapes.Of(metadata, grid, features)).Decoder());
            rules.RequireCandidates(shapes!.Candidates);
            var maps = 0;
            if (files.TryGetValue(RefinerName, out var refiner))
            {
                parts.Refiner = OnnxSession.Open(RefinerName, refiner, device, metadata => shapes.Refiner(maps = PrismShapes.MapsOf(metadata)));
            }

            var network = new PrismNetwork(parts, shapes, maps, manifest, device.Name);
            network.WarmUp();
            return network;
        }
        catch
        {
            parts.Dispose();
            throw;
        }
    }

    public override PatchFeatures Encode(VolumePatch patch, CancellationToken cancellation)
    {
        TensorBuffer[] features = [.. _shapes.Features.Select(feature => new TensorBuffer(feature.Shape))];
        try
        {
            using var image = TensorBuffer.Over(patch.Voxels, _shapes.Volume);
            _parts.Encoder!.Run([image], [.. features.Select(feature => feature.Tensor)], cancellation);
            return new PatchFeatures(this, patch, features);
        }
        catch
        {
            Array.ForEach(features, feature => feature.Dispose());
            throw;
        }
    }

    public override IReadOnlyList<VolumeCandidate> Decode(
        PatchFeatures features, VolumePrompts prompts, PromptMaps cumulative, ReadOnlyMemory<float>? previousLogits, CancellationToken cancellation)
    {
        var tokens = PrismTokens.Of(prompts, GridSize, _scribbleTokens);
        cancellation.ThrowIfCancellationRequested();
        var (voxels, count) = (_zeros.Values.Length, _shapes.Candidates);
        var (candidates, scores) = (new float[count * voxels], new float[count]);
        using var coordinates = TensorBuffer.Over(tokens.Coordinates, 1, tokens.Count, 3);
        using var labels = TensorBuffer.Over(tokens.Labels, 1, tokens.Count);
        using var previous = previousLogits is { } logits ? TensorBuffer.Over(logits, _shapes.Volume) : null;
        using var maps = _shapes.DecoderTakesMaps ? TensorBuffer.Over(cumulative.Values, _shapes.Of(PromptMaps.MostMaps)) : null;
        using var candidatesOut = OrtValue.CreateTensorValueFromMemory(candidates, _shapes.Of(count));
        using var scoresOut = OrtValue.CreateTensorValueFromMemory(scores, [1, count]);
        List<OrtValue> inputs = [.. features.Maps.Select(map => map.Tensor), coordinates, labels, previous ?? _zeros.Tensor];
        if (maps is not null)
        {
            inputs.Add(maps);
        }

        _parts.Decoder!.Run(inputs, [candidatesOut, scoresOut], cancellation);
        var curve = _confidence?.Of(prompts.Box is not null, previousLogits is null);
        return [.. Enumerable.Range(0, count).Select(n => new VolumeCandidate(candidates.AsMemory(n * voxels, voxels), ConfidenceOf(scores[n], curve)))];
    }

    public override (ReadOnlyMemory<float> Logits, ReadOnlyMemory<float>? ErrorMap) Refine(
        PatchFeatures features, ReadOnlyMemory<float> candidateLogits, PromptMaps cumulative, CancellationToken cancellation)
    {
        if (_parts.Refiner is not { } refiner)
        {
            return (candidateLogits, null);
        }

        cancellation.ThrowIfCancellationRequested();
        var (refined, error) = (new float[candidateLogits.Length], new float[candidateLogits.Length]);
        using var image = TensorBuffer.Over(features.Patch.Voxels, _shapes.Volume);
        using var logits = TensorBuffer.Over(candidateLogits, _shapes.Volume);
        using var maps = TensorBuffer.Over(cumulative.Values[..(_refinerMaps * candidateLogits.Length)], _shapes.Of(_refinerMaps));
        using var refinedOut = OrtValue.CreateTensorValueFromMemory(refined, _shapes.Volume);
        using var errorOut = OrtValue.CreateTensorValueFromMemory(error, _shapes.Volume);
        refiner.Run([image, logits, maps], [refinedOut, errorOut], cancellation);
        return (refined, error);
    }

    protected override void Unload()
    {
        _parts.Dispose();
        _zeros.Dispose();
    }

    private static float ConfidenceOf(float score, ConfidenceCurve? curve)
    {
        var predicted = float.IsNaN(score) ? 0 : Math.Clamp(score, 0, 1);
        return curve?.At(predicted) ?? predicted;
    }

    private void WarmUp()
    {
        var prompts = new VolumePrompts();
        prompts.Points.Add(new PatchPoint(GridSize / 2, GridSize / 2, GridSize / 2, true));
        var maps = new PromptMaps(GridSize);
        maps.Add(prompts);
        using var features = Encode(new VolumePatch(GridSize, _zeros.Values), CancellationToken.None);
        var candidate = Decode(features, prompts, maps, null, CancellationToken.None)[0];
        _ = Refine(features, candidate.Logits, maps, CancellationToken.None);
    }
}
