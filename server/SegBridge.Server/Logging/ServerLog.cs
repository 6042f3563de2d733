using Microsoft.Extensions.Logging;

namespace SegBridge.Server.Logging;

/// <summary>Every line that the transport logs. None takes a value from a request's content.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1, LogLevel.Information, "Listening: gRPC on {Grpc}, gRPC-Web and health pages on {Http}", EventName = "Listening")]
    public static partial void Listening(ILogger logger, Uri grpc, Uri http);

    [LoggerMessage(4, LogLevel.Information, "Door {Door} on {Address}", EventName = "DoorOpen")]
    public static partial void DoorOpen(ILogger logger, string door, Uri address);

    [LoggerMessage(5, LogLevel.Warning, "Clients of nnInteractive 1.0 and later compress what they send, and this machine lacks {Libraries}", EventName = "LibrariesMissing")]
    public static partial void LibrariesMissing(ILogger logger, string libraries);

    [LoggerMessage(2, LogLevel.Information, "Stopping: calls in progress may take {Seconds} s more", EventName = "Stopping")]
    public static partial void Stopping(ILogger logger, double seconds);

    [LoggerMessage(3, LogLevel.Warning, "Listening on {Address} without TLS and without keys: anybody who reaches this address may use the server and read what is sent", EventName = "Open")]
    public static partial void OpenToAll(ILogger logger, string address);

    [LoggerMessage(10, LogLevel.Information, "{Method} {Status} {Milliseconds:0.0} ms, {BytesIn} B in, {BytesOut} B out, caller {Caller}, session {Session}", EventName = "Call")]
    public static partial void Call(ILogger logger, string method, string status, double milliseconds, long bytesIn, long bytesOut, string caller, string session);

    [LoggerMessage(11, LogLevel.Error, "{Method} failed, error {ErrorId}: {Kind} at {Place}", EventName = "Unexpected")]
    public static partial void Unexpected(ILogger logger, string method, string errorId, string kind, string place);

    [LoggerMessage(20, LogLevel.Information, "Key file read again: {Count} keys", EventName = "KeysReloaded")]
    public static partial void KeysReloaded(ILogger logger, int count);

    [LoggerMessage(21, LogLevel.Error, "Key file not taken, the former keys stay in force: {Reason}", EventName = "KeysNotReloaded")]
    public static partial void KeysNotReloaded(ILogger logger, string reason);
}
