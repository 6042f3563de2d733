namespace SegBridge.Sessions.Steps;

/// <summary>A slice that a propagation fills.</summary>
/// <param name="Index">The slice.</param>
/// <param name="Source">The nearest finished slice that shows the object.</param>
/// <param name="Before">The slice before it on the way from there, or the source itself.</param>
/// <param name="IsBehindEnd">A finished slice in between is empty: the object does not reach this one.</param>
internal readonly record struct PropagationTarget(int Index, int Source, int Before, bool IsBehindEnd)
{
    public int Distance => Math.Abs(Index - Source);

    /// <summary>Slices of one way follow from each other; where it ends, it ends for all that are left.</summary>
    public (int Source, int Direction) Way => (Source, Math.Sign(Index - Source));
}
