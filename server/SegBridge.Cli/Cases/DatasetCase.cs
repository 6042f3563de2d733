namespace SegBridge.Cli.Cases;

/// <summary>One image with its label.</summary>
/// <param name="Id">Name of the case.</param>
/// <param name="Image">Path within the folder.</param>
/// <param name="Label">Path within the folder; integers on the image's grid, 0 is background.</param>
/// <param name="Split">"train", "validation", or null where the data are not split.</param>
/// <param name="Subject">Whose image it is; the case's own name where the data do not say.</param>
/// <param name="Scribbles">Paths within the folder of what people scribbled on the image; may be none.</param>
internal sealed record DatasetCase(string Id, string Image, string Label, string? Split, string Subject, IReadOnlyList<string> Scribbles);
