using SegBridge.Cli.CommandLine;

namespace SegBridge.Cli.Demo;

/// <summary>One kind of demo. Made before the server starts, so that what is wrong with the input is said at once.</summary>
internal abstract class DemoFamily
{
    /// <summary>Options of <c>serve</c> that a server of our own needs; folders it writes to belong below the scratch folder.</summary>
    public virtual IReadOnlyList<string> ServerOptions(string scratch) => [];

    /// <summary>Plays against the server, shows what happens and writes what remains.</summary>
    public abstract Task PlayAsync(ServerLease lease, CancellationToken cancellationToken);
}
