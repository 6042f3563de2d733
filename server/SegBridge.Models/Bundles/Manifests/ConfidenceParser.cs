namespace SegBridge.Models.Bundles.Manifests;

/// <summary>Reads "confidence": a curve for each situation.</summary>
internal static class ConfidenceParser
{
    private const int MostPoints = 8;

    public static CandidateConfidence Parse(ManifestNode node)
    {
        var (with, without) = (node["withBox"], node["withoutBox"]);
        return new CandidateConfidence(Curve(with["first"]), Curve(with["later"]), Curve(without["first"]), Curve(without["later"]));
    }

    private static ConfidenceCurve Curve(ManifestNode node)
    {
        List<(double Score, double Confidence)> points = [];
        foreach (var item in node.Items(2, MostPoints))
        {
            var pair = item.Items(2, 2);
            points.Add((pair[0].Number(0, 1), pair[1].Number(0, 1)));
        }

        var rises = points.Zip(points.Skip(1), (low, high) => high.Score > low.Score && high.Confidence > low.Confidence).All(rise => rise);
        return rises && points[0].Score == 0 && points[^1].Score == 1
            ? new ConfidenceCurve(points)
            : throw node.Wrong("pairs of score and confidence, both rising from pair to pair, the scores from 0 to 1");
    }
}
