using System.Globalization;
using System.Text.Json;

namespace SegBridge.Models.Bundles.Manifests;

/// <summary>A value of model.json that knows where it stands, so that an error can say which one is wrong.</summary>
internal readonly struct ManifestNode(JsonElement element, string path)
{
    /// <summary>Where the value stands, for example "input.size[0]".</summary>
    public string Path => path;

    public bool IsText => element.ValueKind == JsonValueKind.String;

    public bool IsObject => element.ValueKind == JsonValueKind.Object;

    private string Here => path.Length == 0 ? "the manifest" : path;

    /// <summary>A field that must be there.</summary>
    public ManifestNode this[string name] =>
        TryGet(name, out var field) ? field : throw new BundleException($"{Here} has no \"{name}\"");

    /// <summary>A field that may be missing or null.</summary>
    public bool TryGet(string name, out ManifestNode field)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Wrong("an object");
        }

        var found = element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;
        field = new ManifestNode(value, path.Length == 0 ? name : $"{path}.{name}");
        return found;
    }

    public string Text(int longest, bool mayBeEmpty = false)
    {
        if (!IsText)
        {
            throw Wrong("a text");
        }

        var text = element.GetString()!;
        return text.Length <= longest && (mayBeEmpty || !string.IsNullOrWhiteSpace(text))
            ? text
            : throw new BundleException($"{Here} must have {(mayBeEmpty ? 0 : 1)} to {longest} characters, got {text.Length}");
    }

    public long Whole(long least, long most) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var number) && number >= least && number <= most
            ? number
            : throw Wrong(least == most ? $"{least}" : $"a whole number in {least}..{most}");

    public double Number(double least, double most) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var number) && number >= least && number <= most
            ? number
            : throw Wrong(string.Create(CultureInfo.InvariantCulture, $"a number in {least}..{most}"));

    public bool Flag() => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong("true or false"),
    };

    public IReadOnlyList<ManifestNode> Items(int least, int most)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            throw Wrong("a list");
        }

        var count = element.GetArrayLength();
        if (count < least || count > most)
        {
            throw new BundleException($"{Here} must have {(least == most ? $"{least}" : $"{least} to {most}")} items, got {count}");
        }

        var where = path;
        return [.. element.EnumerateArray().Select((item, n) => new ManifestNode(item, $"{where}[{n}]"))];
    }

    /// <summary>The fields of an object, in the order of the file.</summary>
    public IReadOnlyList<(string Name, ManifestNode Value)> Fields(int most)
    {
        if (!IsObject)
        {
            throw Wrong("an object");
        }

        var where = path;
        var fields = element.EnumerateObject().Select(field => (field.Name, new ManifestNode(field.Value, $"{where}.{field.Name}"))).ToList();
        return fields.Count <= most ? fields : throw new BundleException($"{Here} must have at most {most} fields, got {fields.Count}");
    }

    public BundleException Wrong(string right) => new($"{Here} must be {right}, got {Shown()}");

    private string Shown()
    {
        var text = element.ValueKind == JsonValueKind.Undefined ? "nothing" : element.GetRawText();
        return text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 57), "...");
    }
}
