using System.Text.Json;
using SegBridge.Models.Volumes.Patches;

namespace SegBridge.Models.Golden;

/// <summary>
/// On which side of 0 the authors' run has those logits of the selected candidate that are within 2e-5 of it. There
/// rounding decides whether the refiner takes a voxel for inside, and each such voxel shows in the refined logits around
/// it; with these settled, two implementations agree everywhere.
/// </summary>
/// <param name="Inside">Voxels whose logit is above 0, each as (R, A, S).</param>
/// <param name="Outside">Voxels whose logit is below 0.</param>
internal sealed record GoldenSigns(IReadOnlyList<int[]> Inside, IReadOnlyList<int[]> Outside)
{
    private const string Resource = "prism-signs.json";
    private const float Barely = 1e-6f;

    /// <summary>Of the golden steps of PRISM, in their order.</summary>
    public static IReadOnlyList<GoldenSigns> OfPrism { get; } = Read();

    /// <summary>The logits with every such voxel on its side of 0, and how far the farthest was on the wrong one.</summary>
    public (float[] Logits, double Farthest) Settle(ReadOnlySpan<float> logits, int size)
    {
        var settled = logits.ToArray();
        var farthest = 0.0;
        foreach (var (voxel, side) in Inside.Select(voxel => (voxel, 1)).Concat(Outside.Select(voxel => (voxel, -1))))
        {
            ref var logit = ref settled[new PatchVoxel(voxel[0], voxel[1], voxel[2]).OffsetIn(size)];
            if (logit > 0 != side > 0)
            {
                farthest = Math.Max(farthest, Math.Abs(logit));
                logit = side * Barely;
            }
        }

        return (settled, farthest);
    }

    private static GoldenSigns[] Read()
    {
        using var stream = typeof(GoldenSigns).Assembly.GetManifestResourceStream(Resource)!;
        return JsonSerializer.Deserialize<GoldenSigns[]>(stream, JsonSerializerOptions.Web)!;
    }
}
