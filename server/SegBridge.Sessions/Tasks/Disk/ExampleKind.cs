using System.Text.Json.Serialization;

namespace SegBridge.Sessions.Tasks.Disk;

/// <summary>What is written beside the pictures of an example in an archive.</summary>
/// <param name="Windowed">See <see cref="ExamplePicture"/>.</param>
internal sealed record ExampleKind([property: JsonRequired] bool Windowed);
