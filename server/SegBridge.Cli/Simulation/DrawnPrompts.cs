namespace SegBridge.Cli.Simulation;

/// <summary>What the simulated reader draws on a slice in one step.</summary>
/// <param name="Clicks">Points; none for scribbles.</param>
/// <param name="Positive">Pixels scribbled on the object, or null.</param>
/// <param name="Negative">Pixels scribbled on what is not the object, or null.</param>
/// <param name="Box">Around the object, or null.</param>
internal sealed record DrawnPrompts(IReadOnlyList<Click> Clicks, SliceMap? Positive, SliceMap? Negative, SliceBox? Box = null)
{
    /// <summary>Clicks, scribbles and the box together; the scribbles of one kind count as one.</summary>
    public int Count => Clicks.Count + (Positive is null ? 0 : 1) + (Negative is null ? 0 : 1) + (Box is null ? 0 : 1);
}
