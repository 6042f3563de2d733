using SegBridge.Sessions.Steps;

namespace SegBridge.Sessions.Segments;

/// <summary>How a propagation came to its end.</summary>
/// <param name="Results">Slices that it had filled or emptied. With fewer of them in force it is not done any more.</param>
/// <param name="Stops">Where directions ended early.</param>
internal sealed record RunEnd(int Results, IReadOnlyList<StoppedEvent> Stops);
