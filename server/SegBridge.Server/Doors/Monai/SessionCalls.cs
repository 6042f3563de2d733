using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using SegBridge.Server.Doors.Frame;

namespace SegBridge.Server.Doors.Monai;

/// <summary>Images that a client sends for itself.</summary>
internal sealed class SessionCalls(UploadTable uploads, UploadBudget budget, OpenImages images)
{
    public async Task CreateAsync(DoorCall call)
    {
        using var body = MonaiForm.Reserve(call, budget);
        var file = await images.ReadAsync(call, (await MonaiForm.ReadAsync(call)).Files("files"), "files");
        _ = double.TryParse(call.Request.Query["expiry"], CultureInfo.InvariantCulture, out var expiry);
        var upload = uploads.Add(file, call.KeyName, expiry);
        try
        {
            await images.OpenAsync(call, upload, upload.File);
        }
        catch
        {
            uploads.Remove(upload);
            throw;
        }

        await MonaiReply.JsonAsync(call, new JsonObject { ["session_id"] = upload.Id, ["session_info"] = Describe(upload) });
    }

    /// <summary>
    /// To a client, an id that is gone is worth no error: by an empty answer it is told to send the image again, which it then does
    /// by itself.
    /// </summary>
    public Task GetAsync(DoorCall call)
    {
        var id = call.Values["id"];
        return uploads.Find(id, call.KeyName) is not { } upload
            ? UploadTable.IsId(id) ? MonaiReply.JsonAsync(call, new JsonObject()) : throw Unknown()
            : call.Request.Query["image"].ToString() is "true" or "True" or "1"
                ? MonaiReply.FileAsync(call, "image", upload.File)
                : MonaiReply.JsonAsync(call, Describe(upload));
    }

    public Task RemoveAsync(DoorCall call)
    {
        var upload = uploads.Find(call.Values["id"], call.KeyName) ?? throw Unknown();
        uploads.Remove(upload);
        images.Close(upload);
        return MonaiReply.JsonAsync(call, Describe(upload));
    }

    private static DoorException Unknown() => new(StatusCodes.Status404NotFound, "there is no such session");

    // Where an image lies on the server is nobody's matter, and no client asks.
    private static JsonObject Describe(Upload upload) => new()
    {
        ["name"] = upload.Id,
        ["path"] = "",
        ["image"] = "",
        ["meta"] = new JsonObject(),
        ["create_ts"] = upload.Created.ToUnixTimeSeconds(),
        ["last_access_ts"] = upload.LastAccess.ToUnixTimeSeconds(),
        ["expiry"] = (long)upload.Expiry.TotalSeconds,
    };
}
