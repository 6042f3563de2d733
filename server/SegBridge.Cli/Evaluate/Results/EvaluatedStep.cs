using SegBridge.Cli.Evaluate.Playing;
using SegBridge.Cli.Metrics;

namespace SegBridge.Cli.Evaluate.Results;

/// <summary>What one step on one object came to; one line of JSON each, whose names and order are a promise.</summary>
/// <param name="Model">The model's id or, where two servers are compared, the server's address.</param>
/// <param name="Dataset">Name of the data.</param>
/// <param name="Case">The object: case, label value where there are several, slice for 2D readers.</param>
/// <param name="Subject">Whose image it is.</param>
/// <param name="Label">What the object is.</param>
/// <param name="Split">Which part of the data the case belongs to.</param>
/// <param name="Seed">Of the prompts' chance.</param>
/// <param name="Index">Finished images before this one in its series; null outside a series.</param>
/// <param name="Step">From 1; 0 is what a model proposed from context before any prompt.</param>
/// <param name="Prompts">New prompts; 0 with <paramref name="TotalMs"/> 0 when nothing was sent: nothing was wrong any more, or in a series the goal was reached.</param>
/// <param name="Dice">Against the truth, on the volume's own grid.</param>
/// <param name="Iou">The same by intersection over union.</param>
/// <param name="Hd95">Millimetres; null when the mask is empty.</param>
/// <param name="Nsd">Share of the surfaces within the tolerance of each other; 0 when the mask is empty.</param>
/// <param name="VolumeError">Share of the true volume that the mask has too much; −1 when the mask is empty.</param>
/// <param name="Confidence">Dice as the model predicted it.</param>
/// <param name="ChoseBest">Whether no other proposal was better than the one that the server chose; null where there was one only or none was asked for.</param>
/// <param name="ServerMs">In the server.</param>
/// <param name="TotalMs">End to end.</param>
/// <param name="BytesUp">Sent.</param>
/// <param name="BytesDown">Received.</param>
internal sealed record EvaluatedStep(
    string Model,
    string Dataset,
    string Case,
    string Subject,
    string Label,
    string Split,
    int Seed,
    int? Index,
    int Step,
    int Prompts,
    double Dice,
    double Iou,
    double? Hd95,
    double Nsd,
    double VolumeError,
    double Confidence,
    bool? ChoseBest,
    double ServerMs,
    double TotalMs,
    long BytesUp,
    long BytesDown)
{
    /// <summary>Whether the server worked for it.</summary>
    internal bool IsSent => TotalMs > 0;

    internal ObjectKey Key => new(Dataset, Case, Label, Seed);

    internal Place Place => new(Dataset, Label, Subject);
}
