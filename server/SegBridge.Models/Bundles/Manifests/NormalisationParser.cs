using System.Text.RegularExpressions;
using SegBridge.Imaging.Intensity;

namespace SegBridge.Models.Bundles.Manifests;

/// <summary>Reads "normalisation": min-max of slices, or z-scores of patches by modality.</summary>
internal static partial class NormalisationParser
{
    private const string Patch = "patch";
    private const string Volume = "volume";
    private const string WindowOrPercentiles = "window-or-percentiles";
    private const double Largest = 1e9;

    public static Normalisation Parse(ManifestNode node)
    {
        var method = node["method"];
        switch (method.IsText ? method.Text(64) : null)
        {
            case "minmax":
                RequireText(node["clip"], WindowOrPercentiles);
                var (low, high) = PercentilesOf(node);
                return new MinMaxNormalisation(low, high);
            case "zscore":
                return ZScore(node);
            default:
                throw method.Wrong("\"minmax\" or \"zscore\"");
        }
    }

    private static ZScoreNormalisation ZScore(ManifestNode node)
    {
        Dictionary<string, ZScoreRule> modalities = new(StringComparer.Ordinal);
        foreach (var (name, rule) in node.TryGet("modalities", out var named) ? named.Fields(32) : [])
        {
            modalities[name] = ModalityPattern().IsMatch(name)
                ? Rule(rule)
                : throw new BundleException($"{named.Path} must name modalities as DICOM does, in 1 to 16 of A-Z, 0-9 and '_', got \"{name}\"");
        }

        var otherwise = node.TryGet("otherwise", out var general) ? Rule(general) : null;
        return modalities.Count > 0 || otherwise is not null
            ? new ZScoreNormalisation(modalities, otherwise)
            : throw new BundleException($"{node.Path} must have \"modalities\" with at least one rule, or the rule \"otherwise\"");
    }

    private static ZScoreRule Rule(ManifestNode node)
    {
        var rule = new ZScoreRule
        {
            Mean = NumberOf(node["mean"], -Largest, Largest),
            MeanOfVolume = IsText(node["mean"], Volume),
            StandardDeviation = NumberOf(node["std"], 1e-6, Largest),
            DeviationOfVolume = IsText(node["std"], Volume),
        };
        var clip = node["clip"];
        if (IsText(clip, Volume))
        {
            return rule with { ClipOfVolume = true };
        }

        if (clip.IsText)
        {
            RequireText(clip, WindowOrPercentiles, Volume);
            var (low, high) = PercentilesOf(node);
            return rule with { LowPercentile = low, HighPercentile = high };
        }

        IReadOnlyList<double> values = [.. clip.Items(2, 2).Select(item => item.Number(-Largest, Largest))];
        return values[0] < values[1]
            ? rule with { Clip = new IntensityWindow(values[0], values[1]) }
            : throw clip.Wrong("a lower and a higher value");
    }

    // Null stands for the patch's own, or the volume's.
    private static double? NumberOf(ManifestNode node, double least, double most)
    {
        if (!node.IsText)
        {
            return node.Number(least, most);
        }

        RequireText(node, Patch, Volume);
        return null;
    }

    private static (double Low, double High) PercentilesOf(ManifestNode node)
    {
        var percentiles = node["percentiles"];
        IReadOnlyList<double> values = [.. percentiles.Items(2, 2).Select(item => item.Number(0, 100))];
        return values[0] < values[1] ? (values[0], values[1]) : throw percentiles.Wrong("a lower and a higher percentile");
    }

    private static bool IsText(ManifestNode node, string text) => node.IsText && node.Text(64) == text;

    private static void RequireText(ManifestNode node, params string[] right)
    {
        if (!Array.Exists(right, text => IsText(node, text)))
        {
            throw node.Wrong(string.Join(" or ", right.Select(text => $"\"{text}\"")));
        }
    }

    [GeneratedRegex(@"\A[A-Z0-9_]{1,16}\z")]
    private static partial Regex ModalityPattern();
}
