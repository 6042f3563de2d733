using System.Runtime.CompilerServices;
using System.Text.Json;
using SegBridge.Cli.Simulation;

namespace SegBridge.Cli.Tests.Vectors;

/// <summary>What the Python of training drew and SciPy measured, see <c>tests/python/training/shared_vectors.py</c>.</summary>
internal static class SharedVectors
{
    public static JsonElement Read(string name, [CallerFilePath] string thisFile = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "vectors", $"{name}.json");
        return JsonDocument.Parse(File.ReadAllText(path)).RootElement;
    }

    public static SliceMap Map(this JsonElement rows)
    {
        var lines = rows.EnumerateArray().Select(row => row.GetString()!).ToArray();
        return new SliceMap(lines.Length, lines[0].Length, [.. string.Concat(lines).Select(pixel => pixel == '#' ? (byte)1 : (byte)0)]);
    }

    public static float[] Numbers(this JsonElement values) => [.. values.EnumerateArray().Select(value => value.GetSingle())];
}
