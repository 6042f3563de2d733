namespace SegBridge.Cli.Bench.Propagation;

/// <summary>One slice of a propagation bench.</summary>
/// <param name="Case">The volume.</param>
/// <param name="Model">The model.</param>
/// <param name="Finished">Slices that the run started from.</param>
/// <param name="Distance">To the nearest of them, in slices.</param>
/// <param name="ShowsObject">The truth is not empty.</param>
/// <param name="Dice">Of a run that never stops.</param>
/// <param name="IsFilled">By a run that never stops.</param>
/// <param name="IsKept">Filled by a run that stops where the model is unsure.</param>
internal sealed record PropagatedSlice(
    string Case, string Model, int Finished, int Distance, bool ShowsObject, double Dice, bool IsFilled, bool IsKept);
