using System.Text.Json;
using System.Text.Json.Serialization;

namespace SegBridge.Sessions.Tasks.Disk;

/// <summary>The <c>task.json</c> of a task's folder.</summary>
/// <param name="Name">For people.</param>
/// <param name="Owner">The name of the key that made it; null when keys were off.</param>
internal sealed record TaskAbout([property: JsonRequired] string Name, string? Owner)
{
    public const string FileName = "task.json";
    public const int MaxBytes = 4096;
    public const int MaxName = 100;

    /// <exception cref="InvalidDataException">It is not a task's JSON.</exception>
    public static TaskAbout Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<TaskAbout>(json) is { Name: { } name } about && IsName(name)
                ? about
                : throw new InvalidDataException($"{FileName} must give a name of 1..{MaxName} printable characters");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{FileName} is not what it should be", error);
        }
    }

    public static bool IsName(string name) => name.Length is >= 1 and <= MaxName && !name.Any(char.IsControl);

    public void Write(Stream stream) => JsonSerializer.Serialize(stream, this);
}
