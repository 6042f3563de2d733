using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SegBridge.Models.Bundles.Manifests;

/// <summary>Reads model.json. Fields that it does not know are left alone: newer tools may write more.</summary>
internal static partial class ManifestParser
{
    public const string FileName = "model.json";
    private const int LargestManifest = 1 << 20;
    private const long LargestPart = 16L << 30;

    private static readonly Dictionary<string, PromptKind> PromptKinds = new(StringComparer.Ordinal)
    {
        ["point"] = PromptKind.Point,
        ["box"] = PromptKind.Box,
        ["scribble"] = PromptKind.Scribble,
        ["lasso"] = PromptKind.Lasso,
        ["mask"] = PromptKind.Mask,
    };

    /// <exception cref="BundleException">The file is missing, too large, no JSON, or a field is missing or wrong.</exception>
    public static ModelManifest Read(string folder)
    {
        var file = BundleFile.Of(Path.Combine(folder, FileName));
        if (!file.Exists)
        {
            throw new BundleException($"the folder has no {FileName}");
        }

        // What has no length may be a pipe, and to open one would take for ever.
        return file.Length is > 0 and <= LargestManifest
            ? Parse(File.ReadAllBytes(file.FullName))
            : throw new BundleException($"{FileName} has {file.Length} bytes; a manifest has 1 to {LargestManifest}");
    }

    /// <exception cref="BundleException">No JSON, or a field is missing or wrong.</exception>
    public static ModelManifest Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            // Some editors begin a file with a byte order mark.
            using var document = JsonDocument.Parse(json.Span.StartsWith(Encoding.UTF8.Preamble) ? json[Encoding.UTF8.Preamble.Length..] : json, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 16 });
            return Parse(new ManifestNode(document.RootElement, ""));
        }
        catch (JsonException exception)
        {
            throw new BundleException($"{FileName} is not valid JSON: {exception.Message}");
        }
    }

    private static ModelManifest Parse(ManifestNode root)
    {
        _ = root["schema"].Whole(1, 1);
        var dimension = (int)root["dimension"].Whole(2, 3);
        return new ModelManifest
        {
            Id = Matching(root["id"], IdPattern(), "1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit"),
            Version = root["version"].Text(64),
            Family = OneOf(root["family"], FamilyNames.All),
            Title = root["title"].Text(200),
            Description = root["description"].Text(4000),
            Dimension = dimension,
            Licence = root["licence"].Text(200),
            Provenance = Provenance(root["provenance"]),
            Prompts = Distinct(root["prompts"], [.. root["prompts"].Items(1, 16).Select(item => OneOf(item, PromptKinds))]),
            Candidates = (int)root["candidates"].Whole(1, 64),
            UsesContext = root["context"].Flag(),
            LeastContext = root.TryGet("leastContext", out var least) ? (int)least.Whole(1, 1024) : 1,
            LeastConfidence = root.TryGet("leastConfidence", out var sure) ? sure.Number(0, 1) : 0,
            UnetShare = root.TryGet("unetShare", out var share) ? share.Number(0, 1) : 0,
            ScribbleTokens = root.TryGet("scribbleTokens", out var tokens) ? (int)tokens.Whole(16, 65_536) : ModelManifest.DefaultScribbleTokens,
            Confidence = root.TryGet("confidence", out var confidence) ? ConfidenceParser.Parse(confidence) : null,
            Input = InputParser.Parse(root["input"], dimension),
            Normalisation = NormalisationParser.Parse(root["normalisation"]),
            Parts = Parts(root["parts"]),
            Metrics = [.. root["metrics"].Items(0, 10_000).Select(Metric)],
        };
    }

    private static ModelProvenance Provenance(ManifestNode node) => new(
        [.. node["trainedOn"].Items(0, 1000).Select(
            set => new TrainingSet(set["name"].Text(200), set["licence"].Text(500), set["source"].Text(2000)))],
        node.TryGet("commit", out var commit) ? commit.Text(100, mayBeEmpty: true) : "",
        node.TryGet("date", out var date) ? date.Text(40, mayBeEmpty: true) : "");

    private static List<ModelPart> Parts(ManifestNode node)
    {
        List<ModelPart> parts = [.. node.Items(1, 32).Select(part => new ModelPart(
            part["name"].Text(64),
            Matching(part["file"], FilePattern(), "a plain file name within the bundle's folder"),
            Matching(part["sha256"], HashPattern(), "64 lower-case hexadecimal digits"),
            part.TryGet("bytes", out var bytes) ? bytes.Whole(1, LargestPart) : null))];
        _ = Distinct(node, [.. parts.Select(part => part.Name)]);
        return parts;
    }

    private static ModelMetric Metric(ManifestNode node) => new(
        node["dataset"].Text(200), node["protocol"].Text(200),
        (int)node["step"].Whole(0, 10_000), node["dice"].Number(0, 1), (int)node["n"].Whole(0, int.MaxValue));

    private static List<T> Distinct<T>(ManifestNode node, List<T> items) =>
        items.Distinct().Count() == items.Count ? items : throw new BundleException($"{node.Path} names one item twice");

    private static T OneOf<T>(ManifestNode node, IReadOnlyDictionary<string, T> values) =>
        node.IsText && values.TryGetValue(node.Text(64), out var value) ? value : throw node.Wrong($"one of {string.Join(", ", values.Keys)}");

    private static string Matching(ManifestNode node, Regex pattern, string right)
    {
        var text = node.Text(255);
        return pattern.IsMatch(text) ? text : throw node.Wrong(right);
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,63}\z")]
    private static partial Regex IdPattern();

    // No separators, no drive, no name that is only dots, nothing hidden.
    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._-]{0,199}\z")]
    private static partial Regex FilePattern();

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex HashPattern();
}
