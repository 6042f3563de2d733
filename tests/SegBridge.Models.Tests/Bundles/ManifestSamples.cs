using System.Text;
using System.Text.Json.Nodes;
using SegBridge.Models.Bundles;
using SegBridge.Models.Bundles.Manifests;

namespace SegBridge.Models.Tests.Bundles;

/// <summary>A right manifest, and ways to spoil it.</summary>
internal static class ManifestSamples
{
    public const string Right = """
        {
          "schema": 1, "id": "liver-2d", "version": "1.2.0", "family": "scribbleprompt-unet",
          "title": "Liver", "description": "Livers on CT.", "dimension": 2, "licence": "Apache-2.0",
          "provenance": {
            "trainedOn": [{"name": "a", "licence": "CC0-1.0", "source": "b"}], "commit": "abc", "date": "2026-01-02",
            "trainingMinutes": 3.5, "steps": 7
          },
          "prompts": ["point", "box", "scribble", "lasso", "mask"], "candidates": 1, "context": false,
          "input": {"size": [128, 96], "spacing": "fit", "channels": 5},
          "normalisation": {"method": "minmax", "clip": "window-or-percentiles", "percentiles": [0.5, 99.5]},
          "parts": [{
            "name": "unet", "file": "unet.onnx", "bytes": 12,
            "sha256": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
          }],
          "metrics": [{"dataset": "d", "protocol": "clicks", "step": 5, "dice": 0.8, "n": 30, "ci95": [0.7, 0.9]}]
        }
        """;

    /// <summary>A right manifest of a 3D model.</summary>
    public const string Volume = """
        {
          "schema": 1, "id": "tumour", "version": "1.0.0", "family": "prism",
          "title": "Tumours", "description": "Tumours on CT.", "dimension": 3, "licence": "Apache-2.0",
          "provenance": {"trainedOn": []},
          "prompts": ["point", "box", "scribble", "lasso", "mask"], "candidates": 3, "context": false,
          "input": {
            "size": [64, 64, 64], "spacing": {"minimum": 0.75, "maximum": 6.0, "default": 3.0, "margin": 1.3}, "channels": 1
          },
          "normalisation": {
            "method": "zscore",
            "modalities": {"CT": {"clip": [-160, 240], "mean": 40, "std": 90}},
            "otherwise": {"clip": "window-or-percentiles", "percentiles": [0.5, 99.5], "mean": "patch", "std": "patch"}
          },
          "parts": [{"name": "encoder", "file": "encoder.onnx", "sha256": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}],
          "metrics": []
        }
        """;

    /// <summary>Right curves of a 3D model, another one for each situation.</summary>
    public const string Confidence = """
        {
          "withBox": {"first": [[0, 0.1], [0.5, 0.8], [1, 0.9]], "later": [[0, 0], [1, 1]]},
          "withoutBox": {"first": [[0, 0], [1, 0.5]], "later": [[0, 0.05], [1, 1]]}
        }
        """;

    public static ModelManifest Parse(string json) => ManifestParser.Parse(Encoding.UTF8.GetBytes(json));

    /// <summary>The right manifest with one value replaced, or removed when <paramref name="json"/> is null.</summary>
    /// <param name="path">Fields and indices, separated by slashes.</param>
    /// <param name="json">The new value.</param>
    public static string With(string path, string? json) => With(Right, path, json);

    /// <summary>A manifest with one value replaced, or removed when <paramref name="json"/> is null.</summary>
    /// <param name="manifest">The manifest to change.</param>
    /// <param name="path">Fields and indices, separated by slashes.</param>
    /// <param name="json">The new value.</param>
    public static string With(string manifest, string path, string? json)
    {
        var root = JsonNode.Parse(manifest)!;
        var steps = path.Split('/');
        var parent = steps[..^1].Aggregate(root, (node, step) => node is JsonArray list ? list[int.Parse(step, null)]! : node[step]!);
        if (parent is JsonArray items)
        {
            items[int.Parse(steps[^1], null)] = JsonNode.Parse(json!);
        }
        else if (json is null)
        {
            parent.AsObject().Remove(steps[^1]);
        }
        else
        {
            parent[steps[^1]] = JsonNode.Parse(json);
        }

        return root.ToJsonString();
    }
}
