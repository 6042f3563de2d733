using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using SegBridge.Server.Doors.Frame;

namespace SegBridge.Server.Doors.Monai;

/// <summary>
/// The forms of replies. Each has its length: the clients take what comes in chunks for a part of the image.
/// </summary>
internal static class MonaiReply
{
    // Nobody writes it into a mask by accident.
    private const string Boundary = "segbridge-3f6c0d5be1a94f21a7e2";
    private const string Binary = "application/octet-stream";

    // The plug-ins show their users errors as they come.
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Task JsonAsync(DoorCall call, JsonNode reply, int status = StatusCodes.Status200OK) =>
        call.WriteAsync(Encoding.UTF8.GetBytes(reply.ToJsonString(Json)), "application/json", status);

    public static Task TextAsync(DoorCall call, string text) => call.WriteAsync(Encoding.UTF8.GetBytes(text), "text/plain; charset=utf-8");

    /// <summary>What was inferred and its mask in one, as a form. The clients fail without the mask.</summary>
    public static Task FormAsync(DoorCall call, JsonObject parameters, MaskFile mask)
    {
        var lead = Encoding.UTF8.GetBytes(
            $"--{Boundary}\r\nContent-Disposition: form-data; name=\"params\"\r\nContent-Type: application/json\r\n\r\n{parameters.ToJsonString()}\r\n"
            + $"--{Boundary}\r\nContent-Disposition: form-data; name=\"image\"; filename=\"{mask.Name}\"\r\nContent-Type: {Binary}\r\n\r\n");
        var tail = Encoding.UTF8.GetBytes($"\r\n--{Boundary}--\r\n");
        return SendAsync(call, $"multipart/form-data; boundary={Boundary}", [lead, .. mask.Content.Chunks, tail]);
    }

    public static Task MaskAsync(DoorCall call, MaskFile mask)
    {
        NameFile(call, mask.Name);
        return SendAsync(call, Binary, [.. mask.Content.Chunks]);
    }

    /// <summary>A file of a client's; its name is the id that it has here.</summary>
    public static Task FileAsync(DoorCall call, string id, UploadedFile file)
    {
        NameFile(call, FileNameOf(id, file.Extension));
        return call.WriteAsync(file.Content, Binary);
    }

    /// <summary>A file name that means nothing to a header or a file system.</summary>
    public static string FileNameOf(string id, string extension) =>
        string.Concat(id.Select(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_' ? character : '_')) + extension;

    private static void NameFile(DoorCall call, string name) => call.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";

    private static async Task SendAsync(DoorCall call, string contentType, IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        call.Response.ContentType = contentType;
        call.Response.ContentLength = parts.Sum(part => (long)part.Length);
        foreach (var part in parts)
        {
            await call.Response.Body.WriteAsync(part, call.Aborted);
        }
    }
}
