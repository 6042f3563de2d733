using System.Globalization;
using System.Text.Json;
using SegBridge.Imaging.Geometry;
using SegBridge.Sessions.Errors;

namespace SegBridge.Server.Doors.Monai;

/// <summary>Reads the fields of a JSON object that strangers wrote: one that is missing or null is none, a wrong one is named.</summary>
/// <param name="root">An object.</param>
/// <param name="name">What messages call it.</param>
internal sealed class JsonFields(JsonElement root, string name)
{
    public string? Text(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        _ => throw Wrong(key, "text"),
    };

    public string? TextOrNumber(string key) => Find(key) is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : Text(key);

    public bool? Flag(string key) => Find(key)?.ValueKind switch
    {
        null => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(key, "true or false"),
    };

    public double? Number(string key) => Find(key) is { } number ? NumberOf(number, key) : null;

    public IReadOnlyList<double> Numbers(string key) => [.. Items(key).Select(item => NumberOf(item, key))];

    public bool Has(string key) => Find(key) is not null;

    /// <summary>Whether there is a list of points, if only an empty one.</summary>
    public bool HasPoints(string key) => Find(key) is { ValueKind: JsonValueKind.Array } array && (array.GetArrayLength() == 0 || array[0].ValueKind == JsonValueKind.Array);

    /// <summary>Points as [[i, j, k], ...].</summary>
    public IReadOnlyList<VoxelPoint> Points(string key)
    {
        var points = new List<VoxelPoint>();
        foreach (var item in Items(key))
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{key}[{points.Count}]");
            points.Add(item.ValueKind == JsonValueKind.Array && item.GetArrayLength() == 3
                ? new VoxelPoint(NumberOf(item[0], path), NumberOf(item[1], path), NumberOf(item[2], path))
                : throw Wrong(path, "a voxel index [i, j, k]"));
        }

        return points;
    }

    /// <summary>What to say of a field that is not as it must be.</summary>
    public InvalidRequestException Wrong(string key, string right) => new($"{name}.{key}: it must be {right}");

    /// <summary>A list of {"name": ..., "id": ...} (or "idx"); null when there is no list.</summary>
    public IReadOnlyDictionary<string, int>? NamedNumbers(string key)
    {
        if (Find(key) is null)
        {
            return null;
        }

        var named = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var item in Items(key))
        {
            if (item.ValueKind != JsonValueKind.Object)
            {
                throw Wrong(key, "a list of objects with a name and an id");
            }

            var entry = new JsonFields(item, $"{name}.{key}");
            if (entry.Text("name") is { } called && (entry.Number("id") ?? entry.Number("idx")) is { } number)
            {
                named[called] = (int)Math.Clamp(number, int.MinValue, int.MaxValue);
            }
        }

        return named;
    }

    private JsonElement[] Items(string key) => Find(key) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } array => [.. array.EnumerateArray()],
        _ => throw Wrong(key, "a list"),
    };

    private double NumberOf(JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw Wrong(key, "a finite number");

    private JsonElement? Find(string key) =>
        root.TryGetProperty(key, out var found) && found.ValueKind != JsonValueKind.Null ? found : null;
}
