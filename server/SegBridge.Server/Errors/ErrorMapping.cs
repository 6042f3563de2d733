using Google.Protobuf;
using Grpc.Core;
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
    // How long a busy device keeps one waiting is not known; a second is about what its queue takes.
    private const string BusyRetryMs = "1000";

    /// <returns>Null for an exception that nobody foresaw.</returns>
    public static RpcException? ToStatus(Exception error) => error switch
    {
        RpcException rpc => rpc,

        InvalidFieldException or InvalidRequestException or GeometryException or BrickException or VolumeException
            or MaskFormatException or MaskBoxException or IntensityException => Of(StatusCode.InvalidArgument, error.Message),
        InvalidProtocolBufferException => Of(StatusCode.InvalidArgument, "the request is not a message of this method"),

        SessionNotFoundException or SegmentNotFoundException or ModelNotFoundException or TaskNotFoundException => Of(StatusCode.NotFound, error.Message),

        WrongStateException or ModelRefusedException or TasksOffException => Of(StatusCode.FailedPrecondition, error.Message),

        TaskNotWritableException => Of(StatusCode.PermissionDenied, error.Message),

        LimitExceededException => Of(StatusCode.ResourceExhausted, error.Message),
        DeviceBusyException => new RpcException(
            new Status(StatusCode.ResourceExhausted, error.Message), new Metadata { { GrpcReply.RetryHeader, BusyRetryMs } }),

        SupersededException => Of(StatusCode.Aborted, error.Message),
        UnimplementedException => Of(StatusCode.Unimplemented, error.Message),

        // Of the server's own making, but the message is for people and names no data.
        BundleException or TaskFolderException => Of(StatusCode.Internal, error.Message),

        OperationCanceledException => Of(StatusCode.Cancelled, "the call was cancelled"),
        _ => null,
    };

    private static RpcException Of(StatusCode code, string message) => new(new Status(code, message));
}
