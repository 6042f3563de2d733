using SegBridge.Cli.Simulation;

namespace SegBridge.Cli.Demo.Slices;

/// <summary>What one step on one slice did.</summary>
/// <param name="Slice">Index across K.</param>
/// <param name="Step">From 1.</param>
/// <param name="Prompts">New prompts; 0 when there was nothing left to correct and nothing was sent.</param>
/// <param name="Dice">Of the slice against the truth.</param>
/// <param name="Confidence">Dice as the model predicted it.</param>
/// <param name="ServerMs">In the server.</param>
/// <param name="TotalMs">End to end.</param>
/// <param name="BytesUp">Sent.</param>
/// <param name="BytesDown">Received.</param>
/// <param name="Drawn">All prompts on the slice so far.</param>
/// <param name="Mask">The segment on the slice after the step.</param>
internal sealed record SliceStepRecord(
    int Slice,
    int Step,
    int Prompts,
    double Dice,
    double Confidence,
    double ServerMs,
    double TotalMs,
    long BytesUp,
    long BytesDown,
    (SliceMap Positive, SliceMap Negative) Drawn,
    SliceMap Mask);
