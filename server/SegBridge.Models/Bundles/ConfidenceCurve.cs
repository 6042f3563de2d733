namespace SegBridge.Models.Bundles;

/// <summary>What a network's score stands for: the expected Dice, linear between points.</summary>
/// <param name="Points">
/// At least two; scores strictly rising from 0 to 1, confidences strictly rising within 0..1, so that the order of
/// candidates stays as the network has it.
/// </param>
public sealed record ConfidenceCurve(IReadOnlyList<(double Score, double Confidence)> Points)
{
    /// <summary>The confidence, 0..1.</summary>
    /// <param name="score">0..1.</param>
    public float At(float score)
    {
        var n = 1;
        while (n < Points.Count - 1 && score > Points[n].Score)
        {
            n++;
        }

        var (low, high) = (Points[n - 1], Points[n]);
        var share = (score - low.Score) / (high.Score - low.Score);
        return (float)double.Lerp(low.Confidence, high.Confidence, share);
    }
}
