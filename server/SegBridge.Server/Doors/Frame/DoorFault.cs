using System.Globalization;
using System.Text.Json;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using SegBridge.Compression;
using SegBridge.Imaging.Formats;
using SegBridge.Server.Doors.Loop;
using SegBridge.Server.Errors;

namespace SegBridge.Server.Doors.Frame;

/// <summary>Why a call fails, for the dialect to put into its own form.</summary>
/// <param name="Status">The HTTP status that fits.</param>
/// <param name="Message">For people.</param>
/// <param name="RetryAfter">When trying again makes sense; null when it does not.</param>
internal sealed record DoorFault(int Status, string Message, TimeSpan? RetryAfter = null)
{
    /// <returns>Null for an exception that nobody foresaw.</returns>
    public static DoorFault? Of(Exception error) => error switch
    {
        DoorException door => door.Fault,
        BadHttpRequestException bad => new DoorFault(bad.StatusCode, bad.Message),
        ImageLostException => new DoorFault(StatusCodes.Status409Conflict, error.Message),
        MissingLibraryException => new DoorFault(StatusCodes.Status501NotImplemented, error.Message),
        VolumeFormatException or CompressionException => new DoorFault(StatusCodes.Status400BadRequest, error.Message),
        JsonException => new DoorFault(StatusCodes.Status400BadRequest, $"the JSON of the request is not as it must be{At(error)}"),
        _ => ErrorMapping.ToStatus(error) is { } status
            ? Of(status)
            : null,
    };

    private static DoorFault Of(RpcException status)
    {
        TimeSpan? wait = status.Trailers.Get(GrpcReply.RetryHeader) is { } header ? TimeSpan.FromMilliseconds(double.Parse(header.Value, CultureInfo.InvariantCulture)) : null;
        return new DoorFault(wait is null ? StatusOf(status.StatusCode) : StatusCodes.Status429TooManyRequests, status.Status.Detail, wait);
    }

    private static int StatusOf(StatusCode code) => code switch
    {
        StatusCode.InvalidArgument => StatusCodes.Status400BadRequest,
        StatusCode.NotFound => StatusCodes.Status404NotFound,
        StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
        StatusCode.FailedPrecondition or StatusCode.Aborted => StatusCodes.Status409Conflict,
        StatusCode.ResourceExhausted => StatusCodes.Status413PayloadTooLarge,
        StatusCode.Cancelled => StatusCodes.Status499ClientClosedRequest,
        StatusCode.Unimplemented => StatusCodes.Status501NotImplemented,
        _ => StatusCodes.Status500InternalServerError,
    };

    // The parser's own words may quote what was sent.
    private static string At(Exception error) => error is JsonException { Path: { Length: > 0 } path } ? $", at {path}" : "";
}

/// <summary>Ends a call with a fault of the dialect's own.</summary>
internal sealed class DoorException(int status, string message, TimeSpan? retryAfter = null) : Exception(message)
{
    public DoorFault Fault { get; } = new(status, message, retryAfter);
}
