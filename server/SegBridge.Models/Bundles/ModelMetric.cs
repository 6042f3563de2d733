namespace SegBridge.Models.Bundles;

/// <summary>A measured figure: mean Dice after a step of a prompting protocol.</summary>
/// <param name="Dataset">Name of the data set measured on.</param>
/// <param name="Protocol">How the prompts were made, for example "centerline".</param>
/// <param name="Step">Steps of prompting before measuring, from 1.</param>
/// <param name="Dice">0..1.</param>
/// <param name="Count">Number of image–label pairs.</param>
public sealed record ModelMetric(string Dataset, string Protocol, int Step, double Dice, int Count);
