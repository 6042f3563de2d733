namespace Grpc.Core;

/// <summary>What a client may say about one call. Every With method returns a changed copy.</summary>
public readonly struct CallOptions
{
    /// <summary>Makes options; every argument left out means none.</summary>
    public CallOptions(
        Metadata? headers = null,
        DateTime? deadline = null,
        CancellationToken cancellationToken = default,
        WriteOptions? writeOptions = null,
        ContextPropagationToken? propagationToken = null,
        CallCredentials? credentials = null)
    {
        Headers = headers;
        Deadline = deadline;
        CancellationToken = cancellationToken;
        WriteOptions = writeOptions;
        PropagationToken = propagationToken;
        Credentials = credentials;
    }

    /// <summary>Headers to send with the request.</summary>
    public Metadata? Headers { get; init; }

    /// <summary>UTC time at which the call fails with DEADLINE_EXCEEDED; null means never.</summary>
    public DateTime? Deadline { get; init; }

    /// <summary>Cancels the call.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>How request messages are written.</summary>
    public WriteOptions? WriteOptions { get; init; }

    /// <summary>Context of the call that this call serves.</summary>
    public ContextPropagationToken? PropagationToken { get; init; }

    /// <summary>Credentials of this call alone.</summary>
    public CallCredentials? Credentials { get; init; }

    /// <summary>Whether the call waits for a connection instead of failing at once when there is none.</summary>
    public bool IsWaitForReady { get; init; }

    /// <summary>A copy with other headers.</summary>
    public CallOptions WithHeaders(Metadata headers) => this with { Headers = headers };

    /// <summary>A copy with another deadline (UTC).</summary>
    public CallOptions WithDeadline(DateTime deadline) => this with { Deadline = deadline };

    /// <summary>A copy with another cancellation token.</summary>
    public CallOptions WithCancellationToken(CancellationToken cancellationToken) =>
        this with { CancellationToken = cancellationToken };

    /// <summary>A copy with other write options.</summary>
    public CallOptions WithWriteOptions(WriteOptions writeOptions) => this with { WriteOptions = writeOptions };

    /// <summary>A copy with another propagation token.</summary>
    public CallOptions WithPropagationToken(ContextPropagationToken propagationToken) =>
        this with { PropagationToken = propagationToken };

    /// <summary>A copy with other credentials.</summary>
    public CallOptions WithCredentials(CallCredentials credentials) => this with { Credentials = credentials };

    /// <summary>A copy that waits, or does not wait, for a connection.</summary>
    public CallOptions WithWaitForReady(bool waitForReady = true) => this with { IsWaitForReady = waitForReady };
}
