namespace SegBridge.Sessions;

/// <summary>What a session would need and what there is, in bytes.</summary>
/// <param name="VolumeBytes">All bricks, if all are sent.</param>
/// <param name="ModelBytes">The model's image features of one slice or patch, and the buffers of a step.</param>
/// <param name="AvailableBytes">What the limits leave now.</param>
/// <param name="Fits">Whether all of it fits.</param>
/// <param name="Advice">What to do when it does not; empty when it does.</param>
public sealed record MemoryEstimate(long VolumeBytes, long ModelBytes, long AvailableBytes, bool Fits, string Advice)
{
    /// <param name="volume">What would be opened.</param>
    /// <param name="needs">At least.</param>
    /// <param name="free">Bytes that the server has left.</param>
    /// <param name="mostBricks">Bytes of bricks that a session may hold.</param>
    internal static MemoryEstimate Of(VolumeDescription volume, MemoryNeeds needs, long free, long mostBricks)
    {
        var available = Math.Min(free, mostBricks);
        var fits = volume.Bytes <= mostBricks && volume.Bytes + needs.ModelBytes <= free;
        var advice = fits ? string.Empty
            : needs.LeastBrickBytes + needs.ModelBytes <= available
                ? $"the whole volume does not fit, but a prediction asks only for the bricks {needs.Place}: send those and no others"
                : $"not even the bricks {needs.Place} fit: send the volume at half the resolution, or a part of it";
        return new MemoryEstimate(volume.Bytes, needs.ModelBytes, available, fits, advice);
    }
}
