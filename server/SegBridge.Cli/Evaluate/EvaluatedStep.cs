namespace SegBridge.Cli.Evaluate;

/// <summary>What one step on one object came to; one line of JSON each, whose names and order are a promise.</summary>
/// <param name="Case">The object: case, label value where there are several, slice for 2D readers.</param>
/// <param name="Split">Which part of the data the case belongs to.</param>
/// <param name="Step">From 1.</param>
/// <param name="Prompts">New prompts; 0 when nothing was wrong any more and nothing was sent.</param>
/// <param name="Dice">Against the truth, on the volume's own grid.</param>
/// <param name="Hd95">Millimetres; null when the mask is empty.</param>
/// <param name="Nsd">Share of the surfaces within the tolerance of each other; 0 when the mask is empty.</param>
/// <param name="Confidence">Dice as the model predicted it.</param>
/// <param name="ServerMs">In the server.</param>
/// <param name="TotalMs">End to end.</param>
/// <param name="BytesUp">Sent.</param>
/// <param name="BytesDown">Received.</param>
internal sealed record EvaluatedStep(
    string Case,
    string Split,
    int Step,
    int Prompts,
    double Dice,
    double? Hd95,
    double Nsd,
    double Confidence,
    double ServerMs,
    double TotalMs,
    long BytesUp,
    long BytesDown);
