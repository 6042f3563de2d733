using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace SegBridge.Models.Tests.Bundles;

/// <summary>Puts parts together to a bundle.</summary>
internal static class TestBundle
{
    /// <param name="folder">The folder of all bundles.</param>
    /// <param name="id">Name of the new one.</param>
    /// <param name="manifest">A right manifest; its id and parts are replaced.</param>
    /// <param name="parts">ONNX files, which are copied, by the name of their part.</param>
    public static void Write(string folder, string id, string manifest, params (string Name, string File)[] parts)
    {
        var root = JsonNode.Parse(manifest)!;
        var target = Directory.CreateDirectory(Path.Combine(folder, id)).FullName;
        root["id"] = id;
        root["parts"] = new JsonArray([.. parts.Select(part =>
        {
            var file = $"{part.Name}.onnx";
            File.Copy(part.File, Path.Combine(target, file), overwrite: true);
            return new JsonObject
            {
                ["name"] = part.Name,
                ["file"] = file,
                ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(part.File))),
            };
        })]);
        File.WriteAllText(Path.Combine(target, "model.json"), root.ToJsonString());
    }

    /// <summary>The right manifest of a 2D family.</summary>
    public static string Slices(string family, int rows, int columns, int channels = 5, int candidates = 1, bool context = false)
    {
        var root = JsonNode.Parse(ManifestSamples.Right)!;
        root["family"] = family;
        root["candidates"] = candidates;
        root["context"] = context;
        root["input"]!["size"] = new JsonArray(rows, columns);
        root["input"]!["channels"] = channels;
        return root.ToJsonString();
    }

    /// <summary>The right manifest of a 3D model with a grid of that many voxels along each axis.</summary>
    public static string Volume(int grid, int candidates = 3)
    {
        var root = JsonNode.Parse(ManifestSamples.Volume)!;
        root["input"]!["size"] = new JsonArray(grid, grid, grid);
        root["candidates"] = candidates;
        return root.ToJsonString();
    }
}
