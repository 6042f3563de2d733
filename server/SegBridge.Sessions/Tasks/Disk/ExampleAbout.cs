using System.Text.Json.Serialization;

namespace SegBridge.Sessions.Tasks.Disk;

/// <summary>What is written beside the pictures of an example.</summary>
/// <param name="Created">Also gives the order of a task's examples.</param>
/// <param name="Windowed">See <see cref="ExamplePicture"/>.</param>
/// <param name="ImageBytes">Length of the image's file.</param>
/// <param name="MaskBytes">Length of the mask's file.</param>
internal sealed record ExampleAbout(
    [property: JsonRequired] DateTimeOffset Created,
    [property: JsonRequired] bool Windowed,
    [property: JsonRequired] long ImageBytes,
    [property: JsonRequired] long MaskBytes);
