namespace Grpc.Core;

/// <summary>A connection, or a pool of them, to one target.</summary>
public abstract class ChannelBase
{
    /// <summary>Makes a channel to <paramref name="target"/>.</summary>
    protected ChannelBase(string target) => Target = target ?? throw new ArgumentNullException(nameof(target));

    /// <summary>The address that the channel was made for.</summary>
    public string Target { get; }

    /// <summary>Makes an invoker whose calls use this channel.</summary>
    public abstract CallInvoker CreateCallInvoker();

    /// <summary>Shuts the channel down.</summary>
    public Task ShutdownAsync() => ShutdownAsyncCore();

    /// <summary>What <see cref="ShutdownAsync"/> does; nothing unless overridden.</summary>
    protected virtual Task ShutdownAsyncCore() => Task.CompletedTask;
}
