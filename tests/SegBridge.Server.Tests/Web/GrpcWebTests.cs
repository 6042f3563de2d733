using System.IO.Compression;
using System.Net;
using System.Text;
using SegBridge.Server.Tests.Support;
using SegBridge.V1;

namespace SegBridge.Server.Tests.Web;

[Collection(SharedServerGroup.Name)]
public sealed class GrpcWebTests(SharedServer shared)
{
    private const string Open = "/segbridge.v1.Sessions/OpenSession";
    private const string Put = "/segbridge.v1.Sessions/PutBricks";
    private const string Predict = "/segbridge.v1.Sessions/Predict";

    [Theory]
    [InlineData("application/grpc-web")]
    [InlineData("application/grpc-web+proto")]
    [InlineData("application/grpc-web-text")]
    [InlineData("application/grpc-web-text+proto")]
    public async Task The_whole_loop_works_over_HTTP_1_1(string type)
    {
        using var client = shared.Server.NewWebClient();
        var opened = await CallAsync(client, Open, WebReply.Frame(Ellipsoid.Open()), type);
        Assert.Equal((HttpStatusCode.OK, 0), (opened.Response.StatusCode, opened.Status));
        Assert.StartsWith(type.Replace("+proto", "", StringComparison.Ordinal), opened.Response.Content.Headers.ContentType!.MediaType, StringComparison.Ordinal);
        var session = OpenSessionReply.Parser.ParseFrom(Assert.Single(opened.Messages)).SessionId;
        Assert.Equal(0, (await CallAsync(client, Put, WebReply.Frame(Ellipsoid.Put(session)), type)).Status);

        var predicted = await CallAsync(client, Predict, WebReply.Frame(Ellipsoid.Prompted(session)), type);
        Assert.Equal(0, predicted.Status);
        var result = PredictEvent.Parser.ParseFrom(predicted.Messages[^1]).Result;
        Assert.True(Ellipsoid.DiceOnMiddle(Ellipsoid.ToBlock(result.Changed)) > 0.8);
    }

    [Fact]
    public async Task Events_arrive_while_the_call_is_still_open()
    {
        using var client = shared.Server.NewWebClient();
        var session = await shared.Server.Sessions.OpenEllipsoidAsync(withBricks: false);
        using var request = WebReply.Request(Predict, WebReply.Frame(Ellipsoid.Prompted(session)));
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var stream = await response.Content.ReadAsStreamAsync();
        var events = new List<byte>();
        while (!WebReply.Parse(response, Whole(events)).Messages.Exists(message => PredictEvent.Parser.ParseFrom(message).NeedsBricks is not null))
        {
            var buffer = new byte[4096];
            var count = await stream.ReadAsync(buffer);
            Assert.True(count > 0, "the call ended although its bricks are missing");
            events.AddRange(buffer.AsSpan(0, count));
        }

        await shared.Server.Sessions.PutBricksAsync(Ellipsoid.Put(session));
        using var rest = new MemoryStream();
        await stream.CopyToAsync(rest);
        Assert.Equal(0, WebReply.Parse(response, [.. events, .. rest.ToArray()]).Status);
    }

    [Theory]
    [InlineData("application/grpc-web+proto")]
    [InlineData("application/grpc-web-text")]
    public async Task Errors_come_as_trailers_in_the_body(string type)
    {
        using var client = shared.Server.NewWebClient();
        var reply = await CallAsync(client, Put, WebReply.Frame(new PutBricksRequest { SessionId = "nobody" }), type);
        Assert.Equal((HttpStatusCode.OK, 5), (reply.Response.StatusCode, reply.Status));
        Assert.Empty(reply.Messages);
        Assert.Contains("no session", reply.Trailers["grpc-message"], StringComparison.Ordinal);
        // Umlauts and percent signs survive.
        var percent = await CallAsync(client, "/segbridge.v1.Models/GetModel", WebReply.Frame(new GetModelRequest { ModelId = "100 % größer" }), type);
        Assert.Contains("100 % größer", percent.Trailers["grpc-message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Frames_may_be_encoded_in_base64_one_by_one_or_with_line_breaks()
    {
        using var client = shared.Server.NewWebClient();
        var frame = WebReply.Frame(Ellipsoid.Open());
        var cut = Convert.ToBase64String(frame, 0, 7) + Convert.ToBase64String(frame, 7, 4) + "\r\n" + Convert.ToBase64String(frame, 11, frame.Length - 11);
        Assert.Equal(0, (await WebReply.CallAsync(client, Open, Encoding.ASCII.GetBytes(cut), "application/grpc-web-text")).Status);
    }

    [Theory]
    [InlineData("!!!!")]
    [InlineData("AAAA=")]
    [InlineData("AAAAAA")]
    public async Task What_is_not_base64_is_refused(string body)
    {
        using var client = shared.Server.NewWebClient();
        var reply = await WebReply.CallAsync(client, Open, Encoding.ASCII.GetBytes(body), "application/grpc-web-text");
        Assert.NotEqual(0, reply.Status);
        Assert.NotEqual(-1, reply.Status);
    }

    [Fact]
    public async Task A_message_that_is_none_of_the_method_is_an_invalid_argument()
    {
        using var client = shared.Server.NewWebClient();
        var reply = await WebReply.CallAsync(client, Open, [0, 0, 0, 0, 3, 0x0A, 0xFF, 0xFF]);
        Assert.Equal(3, reply.Status);
        Assert.Contains("not a message of this method", reply.Trailers["grpc-message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_frame_that_claims_more_than_the_limit_is_refused_before_it_is_read()
    {
        using var client = shared.Server.NewWebClient();
        var reply = await WebReply.CallAsync(client, Open, [0, 0x7F, 0xFF, 0xFF, 0xFF, 1]);
        Assert.Equal(8, reply.Status);
    }

    [Fact]
    public async Task A_compressed_message_that_unpacks_to_more_than_the_limit_is_refused()
    {
        using var client = shared.Server.NewWebClient();
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(new byte[64 << 20]);
        }

        var length = (int)packed.Length;
        byte[] body = [1, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length, .. packed.ToArray()];
        using var request = WebReply.Request(Open, body);
        request.Headers.Add("grpc-encoding", "gzip");
        using var response = await client.SendAsync(request);
        var reply = WebReply.Parse(response, await response.Content.ReadAsByteArrayAsync());
        Assert.True(reply.Status is 8 or 12, $"{reply.Status} {reply.Trailers.GetValueOrDefault("grpc-message")}");
    }

    [Fact]
    public async Task Unknown_methods_are_unimplemented()
    {
        using var client = shared.Server.NewWebClient();
        Assert.Equal(12, (await WebReply.CallAsync(client, "/segbridge.v1.Sessions/Dance", WebReply.Frame(new PutBricksRequest()))).Status);
    }

    private static async Task<WebReply> CallAsync(HttpClient client, string method, byte[] frame, string type) =>
        await WebReply.CallAsync(
            client, method, type.Contains("text", StringComparison.Ordinal) ? Encoding.ASCII.GetBytes(Convert.ToBase64String(frame)) : frame, type);

    // The frames that have arrived completely.
    private static byte[] Whole(List<byte> bytes)
    {
        var at = 0;
        while (at + 5 <= bytes.Count)
        {
            var length = (bytes[at + 1] << 24) | (bytes[at + 2] << 16) | (bytes[at + 3] << 8) | bytes[at + 4];
            if (at + 5 + length > bytes.Count)
            {
                break;
            }

            at += 5 + length;
        }

        return [.. bytes[..at]];
    }
}
