using System.Buffers.Binary;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using SegBridge.Server.Errors;

namespace SegBridge.Server.Web;

/// <summary>
/// gRPC-Web: lets a call that comes over HTTP/1.1 or from a browser pass as gRPC. Messages keep their framing; the
/// trailers, which browsers cannot read, follow as a last frame with the highest bit of its flag set. In text mode frames
/// travel in base64.
/// </summary>
internal sealed class GrpcWebMiddleware(RequestDelegate next)
{
    private const byte TrailerFlag = 0x80;
    private const int FrameHeader = 5;

    public Task InvokeAsync(HttpContext context) =>
        GrpcWebMode.TryOf(context.Request, out var mode) ? CallAsync(context, mode) : next(context);

    private async Task CallAsync(HttpContext context, GrpcWebMode mode)
    {
        var (request, response) = (context.Request, context.Response);
        request.ContentType = "application/grpc";
        // The gRPC server refuses other protocols, for want of trailers. Those are ours here.
        request.Protocol = HttpProtocol.Http2;
        if (mode.RequestIsText)
        {
            request.Body = new Base64RequestStream(request.Body);
        }

        var trailers = new WebTrailers();
        var originalTrailers = context.Features.Get<IHttpResponseTrailersFeature>();
        context.Features.Set<IHttpResponseTrailersFeature>(trailers);
        var originalBody = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        if (mode.ReplyIsText)
        {
            context.Features.Set<IHttpResponseBodyFeature>(
                new StreamResponseBodyFeature(new Base64ReplyStream(originalBody.Stream), originalBody));
        }

        response.OnStarting(() =>
        {
            if (GrpcReply.IsGrpcType(response.ContentType))
            {
                response.ContentType = mode.ReplyContentType;
            }

            return Task.CompletedTask;
        });

        try
        {
            await next(context);
            await FinishAsync(response, trailers.Trailers);
        }
        finally
        {
            context.Features.Set(originalBody);
            context.Features.Set(originalTrailers);
        }
    }

    private static async Task FinishAsync(HttpResponse response, IHeaderDictionary trailers)
    {
        if (!response.HasStarted)
        {
            // A call that failed at once has its status in the headers; clients find it where it always is.
            MoveStatus(response.Headers, trailers);
        }

        if (trailers.Count == 0)
        {
            return;
        }

        await response.BodyWriter.WriteAsync(Frame(trailers));
        await response.BodyWriter.FlushAsync();
    }

    private static void MoveStatus(IHeaderDictionary headers, IHeaderDictionary trailers)
    {
        foreach (var name in headers.Keys.Where(name => name.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase)
            && !name.Equals("grpc-encoding", StringComparison.OrdinalIgnoreCase)
            && !name.Equals("grpc-accept-encoding", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            trailers[name] = headers[name];
            headers.Remove(name);
        }
    }

    private static byte[] Frame(IHeaderDictionary trailers)
    {
        var lines = new StringBuilder();
        foreach (var (name, values) in trailers)
        {
            foreach (var value in values)
            {
                lines.Append(name.ToLowerInvariant()).Append(": ").Append(value).Append("\r\n");
            }
        }

        var frame = new byte[FrameHeader + lines.Length];
        frame[0] = TrailerFlag;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), lines.Length);
        // The gRPC server percent-encodes what is not ASCII.
        Encoding.ASCII.GetBytes(lines.ToString(), frame.AsSpan(FrameHeader));
        return frame;
    }

    private sealed class WebTrailers : IHttpResponseTrailersFeature
    {
        public IHeaderDictionary Trailers { get; set; } = new HeaderDictionary();
    }
}
