using System.Buffers.Binary;
using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;

namespace SegBridge.Server.Tests.Web;

/// <summary>A gRPC-Web reply taken apart, and the frames of requests.</summary>
internal sealed record WebReply(HttpResponseMessage Response, List<byte[]> Messages, Dictionary<string, string> Trailers)
{
    public int Status => Trailers.TryGetValue("grpc-status", out var status) ? int.Parse(status, System.Globalization.CultureInfo.InvariantCulture) : -1;

    public static byte[] Frame(IMessage message)
    {
        var bytes = message.ToByteArray();
        var frame = new byte[5 + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), bytes.Length);
        bytes.CopyTo(frame, 5);
        return frame;
    }

    public static HttpRequestMessage Request(string method, byte[] body, string contentType = "application/grpc-web+proto")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, method) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return request;
    }

    public static async Task<WebReply> CallAsync(HttpClient client, string method, byte[] body, string contentType = "application/grpc-web+proto")
    {
        using var request = Request(method, body, contentType);
        var response = await client.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        return Parse(response, contentType.Contains("text", StringComparison.Ordinal) ? DecodeGroups(bytes) : bytes);
    }

    public static WebReply Parse(HttpResponseMessage response, byte[] bytes)
    {
        var (messages, trailers) = (new List<byte[]>(), new Dictionary<string, string>());
        for (var at = 0; at < bytes.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + 1));
            var content = bytes.AsSpan(at + 5, length).ToArray();
            if ((bytes[at] & 0x80) == 0)
            {
                messages.Add(content);
            }
            else
            {
                Assert.Equal(bytes.Length, at + 5 + length);
                foreach (var line in Encoding.ASCII.GetString(content).Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
                {
                    var colon = line.IndexOf(':', StringComparison.Ordinal);
                    trailers[line[..colon]] = Uri.UnescapeDataString(line[(colon + 1)..].Trim());
                }
            }

            at += 5 + length;
        }

        return new WebReply(response, messages, trailers);
    }

    /// <summary>Base64 in which padding may stand anywhere between groups of 4.</summary>
    public static byte[] DecodeGroups(byte[] text)
    {
        var plain = new List<byte>();
        for (var at = 0; at < text.Length; at += 4)
        {
            plain.AddRange(Convert.FromBase64String(Encoding.ASCII.GetString(text, at, 4)));
        }

        return [.. plain];
    }
}
