using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;

namespace SegBridge.Server.Web;

/// <summary>Which form of gRPC-Web a request uses, by its content type.</summary>
/// <param name="RequestIsText">Whether the request's frames are in base64.</param>
/// <param name="ReplyIsText">Whether the reply's must be.</param>
internal readonly record struct GrpcWebMode(bool RequestIsText, bool ReplyIsText)
{
    private const string Binary = "application/grpc-web";
    private const string Text = "application/grpc-web-text";

    public string ReplyContentType => (ReplyIsText ? Text : Binary) + "+proto";

    /// <returns>False when the request is not gRPC-Web.</returns>
    public static bool TryOf(HttpRequest request, out GrpcWebMode mode)
    {
        mode = default;
        if (!HttpMethods.IsPost(request.Method) || !TryMode(request.ContentType, out var requestIsText))
        {
            return false;
        }

        // A client that sends text wants text; one that sends binary may still ask for text.
        var accept = request.Headers.Accept.ToString();
        var replyIsText = requestIsText || accept.StartsWith(Text, StringComparison.OrdinalIgnoreCase);
        mode = new GrpcWebMode(requestIsText, replyIsText);
        return true;
    }

    private static bool TryMode([NotNullWhen(true)] string? contentType, out bool isText)
    {
        isText = false;
        if (!MediaTypeHeaderValue.TryParse(contentType, out var parsed) || parsed.MediaType is not { } type)
        {
            return false;
        }

        isText = Is(type, Text);
        return isText || Is(type, Binary);
    }

    private static bool Is(string type, string name) =>
        type.Equals(name, StringComparison.OrdinalIgnoreCase) || type.Equals(name + "+proto", StringComparison.OrdinalIgnoreCase);
}
