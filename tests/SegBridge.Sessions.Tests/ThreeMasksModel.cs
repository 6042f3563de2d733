using SegBridge.Models.Bundles;
using SegBridge.Models.Slices;

namespace SegBridge.Sessions.Tests;

/// <summary>
/// A slice model without a network that does not care for prompts: its candidates are every pixel above 0.5, nothing, and
/// everything; the first is the best.
/// </summary>
internal sealed class ThreeMasksModel : ISliceModel
{
    public const string Id = "three-masks";

    private const int Grid = 8;

    public ModelManifest Manifest { get; } = TestManifest.Of(Id, Grid) with { Candidates = 3 };

    public int LogitCount => Grid * Grid;

    /// <summary>Previous logits that the model was given, in order.</summary>
    public List<float[]?> Calls { get; } = [];

    public Task<SlicePrediction> PredictAsync(
        SliceImage image, SlicePrompts prompts, ReadOnlyMemory<float>? previousLogits,
        string owner, Action<int>? queued, CancellationToken cancellation)
    {
        Calls.Add(previousLogits?.ToArray());
        var bright = Array.ConvertAll(image.Pixels.ToArray(), value => value > 0.5f ? (byte)1 : (byte)0);
        SliceCandidate[] candidates =
        [
            Candidate(bright, 0.9f, 1),
            Candidate(new byte[bright.Length], 0.2f, 2),
            Candidate([.. Enumerable.Repeat((byte)1, bright.Length)], 0.5f, 3),
        ];
        return Task.FromResult(new SlicePrediction(candidates[0].Logits, bright, 0.9f, candidates[0].MostUncertain, 0, 0) { Candidates = candidates });
    }

    public float[] LogitsOf(ReadOnlySpan<byte> mask, int rows, int columns) => new float[LogitCount];

    private static SliceCandidate Candidate(byte[] mask, float confidence, float logit)
    {
        var logits = new float[Grid * Grid];
        logits[0] = logit;
        return new SliceCandidate(mask, confidence, logits, new SlicePixel((int)logit, 2, 0.25f));
    }
}
