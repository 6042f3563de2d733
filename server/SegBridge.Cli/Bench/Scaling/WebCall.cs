using System.Buffers.Binary;
using System.Net.Http.Headers;
using Google.Protobuf;
using SegBridge.Cli.CommandLine;

namespace SegBridge.Cli.Bench.Scaling;

/// <summary>Predict by gRPC-Web, as a browser calls it.</summary>
internal sealed class WebCall(Uri server) : IDisposable
{
    private const int FrameHeader = 5;
    private const byte TrailerFlag = 0x80;

    private readonly HttpClient _http = new() { BaseAddress = server };

    /// <exception cref="UserException">The server refused.</exception>
    public async Task<V1.StepResult> PredictAsync(V1.PredictRequest request, CancellationToken cancellationToken)
    {
        var frame = new byte[FrameHeader + request.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - FrameHeader);
        request.WriteTo(frame.AsSpan(FrameHeader));
        using var content = new ByteArrayContent(frame);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc-web+proto");
        using var reply = await _http.PostAsync(new Uri("/segbridge.v1.Sessions/Predict", UriKind.Relative), content, cancellationToken);
        var body = await reply.Content.ReadAsByteArrayAsync(cancellationToken);
        V1.StepResult? result = null;
        for (var at = 0; at + FrameHeader <= body.Length && body[at] != TrailerFlag;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(at + 1));
            result = V1.PredictEvent.Parser.ParseFrom(body, at + FrameHeader, length).Result ?? result;
            at += FrameHeader + length;
        }

        return result ?? throw new UserException("the server ended a gRPC-Web call without a result");
    }

    public void Dispose() => _http.Dispose();
}
