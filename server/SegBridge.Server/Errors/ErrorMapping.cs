using Google.Protobuf;
using Grpc.Core;
using SegBridge.Imaging.Dicom.Web;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;
using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;
using SegBridge.Server.Mapping;
using SegBridge.Server.Services;
using SegBridge.Sessions.Errors;

namespace SegBridge.Server.Errors;

/// <summary>The one place where exceptions become gRPC statuses.</summary>
internal static class ErrorMapping
{
    /// <returns>Null for an exception that nobody foresaw.</returns>
    public static RpcException? ToStatus(Exception error) => error switch
    {
        RpcException rpc => rpc,

        InvalidFieldException or InvalidRequestException or GeometryException or BrickException or VolumeException
            or MaskFormatException or MaskBoxException or IntensityException => Of(StatusCode.InvalidArgument, error.Message),
        InvalidProtocolBufferException => Of(StatusCode.InvalidArgument, "the request is not a message of this method"),

        SessionNotFoundException or SegmentNotFoundException or ModelNotFoundException or TaskNotFoundException or ArchiveNotFoundException =>
            Of(StatusCode.NotFound, error.Message),

        NotYourSessionException or TaskNotWritableException => Of(StatusCode.PermissionDenied, error.Message),

        WrongStateException or ModelRefusedException or TasksOffException or SeriesUnusableException => Of(StatusCode.FailedPrecondition, error.Message),
        DicomWebException archive => Of(OfArchive(archive.Problem), archive.Message),

        LimitExceededException limit => Exhausted(limit.Message, limit.RetryAfter),
        DeviceBusyException busy => Exhausted(busy.Message, busy.RetryAfter),

        SupersededException => Of(StatusCode.Aborted, error.Message),
        UnimplementedException => Of(StatusCode.Unimplemented, error.Message),

        // Of the server's own making, but the message is for people and names no data.
        BundleException or TaskFolderException => Of(StatusCode.Internal, error.Message),

        OperationCanceledException => Of(StatusCode.Cancelled, "the call was cancelled"),
        _ => null,
    };

    // What the archive holds against this server is its operator's matter, and none of the caller's key.
    private static StatusCode OfArchive(DicomWebProblem problem) => problem switch
    {
        DicomWebProblem.NotFound => StatusCode.NotFound,
        DicomWebProblem.Unreachable or DicomWebProblem.Incomplete => StatusCode.Unavailable,
        DicomWebProblem.TooLarge => StatusCode.ResourceExhausted,
        _ => StatusCode.FailedPrecondition,
    };

    private static RpcException Exhausted(string message, TimeSpan? retryAfter) => new(
        new Status(StatusCode.ResourceExhausted, message),
        retryAfter is { } wait ? new Metadata { { GrpcReply.RetryHeader, GrpcReply.Milliseconds(wait) } } : []);

    private static RpcException Of(StatusCode code, string message) => new(new Status(code, message));
}
