using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using SegBridge.Models.Bundles;
using SegBridge.Models.Import.Families;
using SegBridge.Models.Import.Graphs;

namespace SegBridge.Models.Golden;

/// <summary>Writes a checkpoint of a published network whose weights are <see cref="GoldenFill"/>, as safetensors.</summary>
internal static class GoldenCheckpoint
{
    /// <param name="templates">The folder with one folder of templates per family.</param>
    /// <param name="family">Which network.</param>
    /// <param name="file">The checkpoint to write.</param>
    /// <param name="cancellation">Leaves a file cut short.</param>
    /// <exception cref="TemplateException">A template is missing or damaged.</exception>
    public static void Write(string templates, ModelFamily family, string file, CancellationToken cancellation)
    {
        var weights = FamilyRecipes.Of(family).Parts
            .SelectMany(part => GraphTemplate.Read(Path.Combine(templates, FamilyNames.Of(family), part.File)).Weights)
            .DistinctBy(weight => weight.Name)
            .ToList();
        using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        var header = JsonSerializer.SerializeToUtf8Bytes(Header(weights));
        stream.Write(BitConverter.GetBytes((long)header.Length));
        stream.Write(header);
        foreach (var weight in weights)
        {
            cancellation.ThrowIfCancellationRequested();
            var values = new float[weight.Count];
            GoldenFill.Parameter(weight.Name, weight.Shape, values);
            stream.Write(MemoryMarshal.AsBytes(values.AsSpan()));
        }
    }

    private static JsonObject Header(List<TemplateWeight> weights)
    {
        var header = new JsonObject();
        var offset = 0L;
        foreach (var weight in weights)
        {
            var end = offset + (weight.Count * sizeof(float));
            header[weight.Name] = new JsonObject
            {
                ["dtype"] = "F32",
                ["shape"] = new JsonArray([.. weight.Shape.Select(length => JsonValue.Create(length))]),
                ["data_offsets"] = new JsonArray(offset, end),
            };
            offset = end;
        }

        return header;
    }
}
