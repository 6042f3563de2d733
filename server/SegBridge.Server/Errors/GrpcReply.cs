using System.Globalization;
using System.Text;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace SegBridge.Server.Errors;

/// <summary>Answers a gRPC call before it reaches its service: HTTP 200, no message, the status in the headers.</summary>
internal static class GrpcReply
{
    public const string StatusHeader = "grpc-status";
    public const string MessageHeader = "grpc-message";

    /// <summary>Milliseconds after which to try again, as gRPC's retry policy reads it.</summary>
    public const string RetryHeader = "grpc-retry-pushback-ms";

    public static bool IsGrpc(HttpRequest request) => IsGrpcType(request.ContentType);

    /// <summary>Whether a content type is gRPC's, or gRPC-Web's.</summary>
    public static bool IsGrpcType(string? contentType) =>
        contentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Sets status and message; replaces those there are. The reply must not have started.</summary>
    public static void SetStatus(HttpContext context, StatusCode status, string message, TimeSpan? retryAfter = null)
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers[StatusHeader] = ((int)status).ToString(CultureInfo.InvariantCulture);
        response.Headers[MessageHeader] = PercentEncode(message);
        if (retryAfter is { } wait)
        {
            response.Headers[RetryHeader] = Milliseconds(wait);
        }
    }

    /// <summary>Whole milliseconds, rounded up.</summary>
    public static string Milliseconds(TimeSpan wait) => ((long)Math.Ceiling(wait.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture);

    // The gRPC protocol: UTF-8, bytes outside 0x20..0x7E and % as %XX.
    private static string PercentEncode(string message)
    {
        var encoded = new StringBuilder(message.Length);
        foreach (var b in Encoding.UTF8.GetBytes(message))
        {
            _ = b is >= 0x20 and <= 0x7E and not (byte)'%' ? encoded.Append((char)b) : encoded.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }

        return encoded.ToString();
    }
}
