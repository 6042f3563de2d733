using SegBridge.Models.Bundles;
using SegBridge.Models.Volumes;
using SegBridge.Models.Volumes.Patches;

namespace SegBridge.Models.Golden;

/// <summary>The golden steps of PRISM on 128³ voxels.</summary>
internal static class GoldenVolume
{
    private const string Owner = "golden";

    private static readonly PatchBox Box = new(new PatchVoxel(20, 30, 40), new PatchVoxel(90, 100, 110));

    private static readonly PatchPoint[][] Points =
    [
        [new PatchPoint(10, 20, 30, true), new PatchPoint(64, 70, 90, false), new PatchPoint(100, 5, 127, true)],
        [new PatchPoint(50, 60, 70, true)],
    ];

    private static readonly (GoldenTensor Candidates, GoldenTensor Scores, GoldenTensor Refined, GoldenTensor Errors)[] Steps =
    [
        (GoldenNumbers.PrismFirstCandidates, GoldenNumbers.PrismFirstScores, GoldenNumbers.PrismFirstRefinedLogits, GoldenNumbers.PrismFirstErrorMap),
        (GoldenNumbers.PrismSecondCandidates, GoldenNumbers.PrismSecondScores, GoldenNumbers.PrismSecondRefinedLogits, GoldenNumbers.PrismSecondErrorMap),
    ];

    public static async Task<IReadOnlyList<GoldenRow>> PrismAsync(ModelRepository repository, string id, CancellationToken cancellation)
    {
        var model = new VolumeModels(repository).Get(id);
        var voxels = GoldenFill.Uniform("in:vol", model.LogitCount);
        for (var n = 0; n < voxels.Length; n++)
        {
            voxels[n] = (4 * voxels[n]) - 2;
        }

        using var features = await model.EncodeAsync(new VolumePatch(model.GridSize, voxels), Owner, null, cancellation);
        List<GoldenRow> rows = [.. GoldenNumbers.PrismEmbedding.Compare(features.Maps[0].Values)];
        var (maps, previous) = (new PromptMaps(model.GridSize), (ReadOnlyMemory<float>?)null);
        foreach (var (points, golden, signs) in Points.Zip(Steps, GoldenSigns.OfPrism))
        {
            var prompts = new VolumePrompts { Box = Box };
            prompts.Points.AddRange(points);
            maps.Add(prompts);
            var step = await model.StepAsync(features, prompts, maps, previous, Owner, null, cancellation);
            var (settled, farthest) = signs.Settle(step.Candidates[step.Selected].Logits.Span, model.GridSize);
            var refined = await model.RefineAsync(features, settled, maps, Owner, null, cancellation);
            previous = refined.Logits;
            rows.AddRange(golden.Candidates.Compare(step.Candidates.SelectMany(candidate => candidate.Logits.ToArray()).ToArray()));
            rows.AddRange(golden.Scores.Compare(step.Candidates.Select(candidate => candidate.Confidence).ToArray()));
            rows.Add(new GoldenRow(ModelFamily.Prism, golden.Candidates.Name, "on the other side of 0 by", 0, farthest));
            rows.AddRange(golden.Refined.Compare(refined.Logits));
            rows.AddRange(golden.Errors.Compare(refined.ErrorMap ?? Array.Empty<float>()));
        }

        return rows;
    }
}
