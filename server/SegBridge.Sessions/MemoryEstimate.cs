namespace SegBridge.Sessions;

/// <summary>What a session would need and what there is, in bytes.</summary>
/// <param name="VolumeBytes">All bricks, if all are sent.</param>
/// <param name="ModelBytes">The model's image features of one slice or patch, and the buffers of a step.</param>
/// <param name="AvailableBytes">What the limits leave now.</param>
/// <param name="Fits">Whether all of it fits.</param>
/// <param name="Advice">What to do when it does not; empty when it does.</param>
public sealed record MemoryEstimate(long VolumeBytes, long ModelBytes, long AvailableBytes, bool Fits, string Advice);
