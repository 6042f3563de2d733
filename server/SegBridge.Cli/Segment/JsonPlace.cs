using System.Text.Json;
using SegBridge.Cli.CommandLine;

namespace SegBridge.Cli.Segment;

/// <summary>A value in a prompts file that knows where it stands, so that errors name the place.</summary>
internal readonly record struct JsonPlace(JsonElement Value, string Path)
{
    private const int QuotedCharacters = 60;

    public UserException Wrong(string expected) => new($"{Path} must be {expected}, got {Quote()}");

    /// <exception cref="UserException">Not an object, or it has a name that none of the known ones is.</exception>
    public JsonPlace RequireObject(params string[] known)
    {
        if (Value.ValueKind != JsonValueKind.Object)
        {
            throw Wrong("an object");
        }

        foreach (var property in Value.EnumerateObject())
        {
            if (!known.Contains(property.Name))
            {
                throw new UserException($"{Path} has \"{property.Name}\", which is none of {string.Join(", ", known)}");
            }
        }

        return this;
    }

    public JsonPlace? Optional(string name) =>
        Value.TryGetProperty(name, out var child) && child.ValueKind != JsonValueKind.Null ? new JsonPlace(child, Join(name)) : null;

    public JsonPlace Required(string name) =>
        Optional(name) ?? throw new UserException($"{(Path.Length == 0 ? "it" : Path)} must have \"{name}\"");

    /// <summary>The elements of an optional list; none when it is absent.</summary>
    public IReadOnlyList<JsonPlace> List(string name) => Optional(name)?.Elements() ?? [];

    public IReadOnlyList<JsonPlace> Elements()
    {
        if (Value.ValueKind != JsonValueKind.Array)
        {
            throw Wrong("a list");
        }

        var path = Path;
        return [.. Value.EnumerateArray().Select((element, n) => new JsonPlace(element, FormattableString.Invariant($"{path}[{n}]")))];
    }

    public double Number() => Value.ValueKind == JsonValueKind.Number && Value.TryGetDouble(out var number) && double.IsFinite(number)
        ? number
        : throw Wrong("a number");

    public int WholeNumber() => Value.ValueKind == JsonValueKind.Number && Value.TryGetInt32(out var number)
        ? number
        : throw Wrong("a whole number");

    public bool TrueOrFalse() => Value.ValueKind is JsonValueKind.True or JsonValueKind.False
        ? Value.GetBoolean()
        : throw Wrong("true or false");

    public string Text(params string[] allowed)
    {
        var text = Value.ValueKind == JsonValueKind.String ? Value.GetString()! : throw Wrong("a text");
        return allowed.Length == 0 || allowed.Contains(text)
            ? text
            : throw Wrong("one of " + string.Join(", ", allowed.Select(word => $"\"{word}\"")));
    }

    public (double A, double B, double C) Triple()
    {
        if (Value.ValueKind != JsonValueKind.Array || Value.GetArrayLength() != 3)
        {
            throw Wrong("three numbers");
        }

        var parts = Elements();
        return (parts[0].Number(), parts[1].Number(), parts[2].Number());
    }

    private string Join(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    private string Quote()
    {
        var text = Value.GetRawText().ReplaceLineEndings(" ");
        return text.Length <= QuotedCharacters ? text : text[..QuotedCharacters] + "…";
    }
}
