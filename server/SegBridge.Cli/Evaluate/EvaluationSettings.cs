namespace SegBridge.Cli.Evaluate;

/// <summary>What an evaluation plays.</summary>
/// <param name="Data">Folder with images/, labels/ and dataset.json.</param>
/// <param name="Split">"train" or "validation".</param>
/// <param name="Protocol">A name that a simulated reader answers to.</param>
/// <param name="Model">Null: chosen to suit the protocol.</param>
/// <param name="Steps">On each object.</param>
/// <param name="Limit">Cases at most; null for all.</param>
/// <param name="Seed">Of all chance.</param>
internal sealed record EvaluationSettings(string Data, string Split, string Protocol, string? Model, int Steps, int? Limit, int Seed);
