using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using SegBridge.Server.Logging;
using SegBridge.Server.Security;
using SegBridge.Sessions;

namespace SegBridge.Server.Doors.Frame;

/// <summary>A call that came through a door.</summary>
/// <param name="http">The request and its reply.</param>
/// <param name="prefix">What stood before the path.</param>
internal sealed class DoorCall(HttpContext http, DoorPrefix prefix)
{
    /// <summary>Largest body of a call that sends no arrays.</summary>
    public const int MaxJsonBytes = 1 << 20;

    // Some clients show their users a reply as it came: people read it, and no page of HTML holds it.
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
        MaxDepth = 16,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public HttpContext Http => http;

    public HttpRequest Request => http.Request;

    public HttpResponse Response => http.Response;

    /// <summary>Cancelled when the client is gone.</summary>
    public CancellationToken Aborted => http.RequestAborted;

    /// <summary>What stands in the place of a pattern's braces.</summary>
    public IReadOnlyDictionary<string, string> Values { get; set; } = new Dictionary<string, string>();

    /// <summary>The name of the caller's key; null where none are asked for. Who owns a session.</summary>
    public string? KeyName => Caller.KeyNameOf(http);

    /// <summary>Whose state a call without a session id means: the key's, the prefix's, or the address's.</summary>
    public string User => KeyName is { } key ? $"key {key}" : prefix.User is { } name ? $"name {name}" : $"address {Caller.AddressOf(http)}";

    /// <summary>The model asked for by the address; null: the door's own choice.</summary>
    public string? ModelId => prefix.Model;

    /// <summary>Names the session in the call's line of the log.</summary>
    public void Note(Session session) => CallRecord.Of(http).Session = new ShortId(session.Id).ToString();

    /// <summary>Lets the body of this call be as long as this, in bytes; before it is read.</summary>
    public void AllowBody(long bytes) => http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = bytes;

    /// <summary>The JSON of the body: names in snake_case, unknown ones are passed over.</summary>
    /// <exception cref="JsonException">It is no such object.</exception>
    public async Task<T> ReadJsonAsync<T>() =>
        await JsonSerializer.DeserializeAsync<T>(Request.Body, Json, Aborted) ?? throw new JsonException("the body is null");

    /// <summary>The same of a text, such as a header or a part of a form.</summary>
    /// <exception cref="JsonException">It is no such object.</exception>
    public static T ParseJson<T>(string text) => JsonSerializer.Deserialize<T>(text, Json) ?? throw new JsonException("the text is null");

    public static T ParseJson<T>(JsonElement json) => json.Deserialize<T>(Json) ?? throw new JsonException("the value is null");

    public Task WriteJsonAsync<T>(T reply, int status = StatusCodes.Status200OK) =>
        WriteAsync(JsonSerializer.SerializeToUtf8Bytes(reply, Json), "application/json", status);

    public static string ToJson<T>(T value) => JsonSerializer.Serialize(value, Json);

    /// <summary>A whole reply, with its length: some clients cannot read it in chunks.</summary>
    public Task WriteAsync(ReadOnlyMemory<byte> body, string contentType, int status = StatusCodes.Status200OK)
    {
        Response.StatusCode = status;
        Response.ContentType = contentType;
        Response.ContentLength = body.Length;
        return HttpMethods.IsHead(Request.Method) ? Task.CompletedTask : Response.Body.WriteAsync(body, Aborted).AsTask();
    }
}
