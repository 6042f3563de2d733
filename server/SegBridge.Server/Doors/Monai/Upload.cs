namespace SegBridge.Server.Doors.Monai;

/// <summary>An image that a client sent for itself alone, for a while.</summary>
/// <param name="Id">Whoever knows it, and is its owner, may use it.</param>
/// <param name="Owner">The name of the key it came with; null where none are asked for.</param>
/// <param name="File">What came.</param>
/// <param name="Expiry">It goes when nobody asked for it for so long.</param>
/// <param name="Created">When it came.</param>
/// <param name="Memory">What it takes of the uploads' memory.</param>
internal sealed record Upload(string Id, string? Owner, UploadedFile File, TimeSpan Expiry, DateTimeOffset Created, IDisposable Memory)
{
    public DateTimeOffset LastAccess { get; private set; } = Created;

    /// <summary>The clock's timestamp of the last use: setting the time of day makes nothing older.</summary>
    public long Used { get; private set; }

    public void Touch(TimeProvider clock) => (LastAccess, Used) = (clock.GetUtcNow(), clock.GetTimestamp());
}
