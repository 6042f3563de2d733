using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using SegBridge.Server.Doors.Frame;

namespace SegBridge.Server.Doors.Monai;

/// <summary>The datastore by its calls, and the choice of the image to label next.</summary>
internal sealed class DatastoreCalls(Datastore datastore, UploadBudget budget, OpenImages images)
{
    public Task ListAsync(DoorCall call) => MonaiReply.JsonAsync(call, call.Request.Query["output"].ToString() switch
    {
        "" or "stats" => datastore.Statistics,
        "all" => datastore.Everything,
        "train" => new JsonArray([.. datastore.Finished.Select(entry => new JsonObject { ["image"] = entry.Id, ["label"] = entry.Id })]),
        _ => throw new DoorException(StatusCodes.Status400BadRequest, "output must be stats, all or train"),
    });

    public async Task PutImageAsync(DoorCall call)
    {
        using var body = MonaiForm.Reserve(call, budget);
        var form = await MonaiForm.ReadAsync(call);
        var file = await images.ReadAsync(call, form.Files("file"), "file");
        await images.RequireVolumeAsync(call, file);
        var image = Query(call, "image");
        datastore.PutImage(image, file, InfoOf(form.Field("params")));
        await MonaiReply.JsonAsync(call, new JsonObject { ["image"] = image });
    }

    public Task RemoveImageAsync(DoorCall call)
    {
        datastore.RemoveImage(Query(call, "id"));
        return MonaiReply.JsonAsync(call, new JsonObject());
    }

    public Task GetImageAsync(DoorCall call)
    {
        var image = Query(call, "image");
        return SendAsync(call, image, datastore.RequireImage(image));
    }

    public Task GetImageInfoAsync(DoorCall call) => MonaiReply.JsonAsync(call, datastore.RequireImage(Query(call, "image")).Info.DeepClone());

    public Task PutImageInfoAsync(DoorCall call) => PutInfoAsync(call, datastore.RequireImage(Query(call, "image")));

    public async Task PutLabelAsync(DoorCall call)
    {
        using var body = MonaiForm.Reserve(call, budget);
        var (image, tag) = (Query(call, "image"), TagOf(call));
        datastore.RequireImage(image);
        var form = await MonaiForm.ReadAsync(call);
        var label = form.File("label") ?? throw Missing("label");
        datastore.PutLabel(image, tag, label, InfoOf(form.Field("params")));
        await MonaiReply.JsonAsync(call, new JsonObject { ["image"] = image, ["label"] = image });
    }

    public Task GetLabelAsync(DoorCall call)
    {
        // Read by "label", asked after by "image".
        var image = HttpMethods.IsHead(call.Request.Method) && call.Request.Query.ContainsKey("image") ? Query(call, "image") : Query(call, "label");
        return SendAsync(call, image, datastore.RequireLabel(image, TagOf(call)));
    }

    public Task RemoveLabelAsync(DoorCall call)
    {
        datastore.RemoveLabel(Query(call, "id"), TagOf(call));
        return MonaiReply.JsonAsync(call, new JsonObject());
    }

    public Task GetLabelInfoAsync(DoorCall call) => MonaiReply.JsonAsync(call, datastore.RequireLabel(Query(call, "label"), TagOf(call)).Info.DeepClone());

    /// <summary>All that is finished, for those who train models with it.</summary>
    public Task GetDatasetAsync(DoorCall call)
    {
        var finished = datastore.Finished;
        var limit = call.Request.Query["limit_cases"].ToString() switch
        {
            "" => finished.Count,
            var text when int.TryParse(text, out var most) && most > 0 => most,
            _ => throw new DoorException(StatusCodes.Status400BadRequest, "limit_cases must be a number of images, 1 or more"),
        };
        return finished.Count > 0
            ? DatasetArchive.SendAsync(call, [.. finished.Take(limit)], datastore.Everything.ToJsonString())
            : throw new DoorException(StatusCodes.Status404NotFound, "no image in the datastore has a final label yet");
    }

    public Task PutLabelInfoAsync(DoorCall call) => PutInfoAsync(call, datastore.RequireLabel(Query(call, "label"), TagOf(call)));

    /// <summary>The image to label next; nothing when all have a final label. The client fetches it by its id.</summary>
    public Task NextAsync(DoorCall call) => MonaiReply.JsonAsync(call, datastore.Next() is not var (image, file) ? new JsonObject() : new JsonObject
    {
        ["id"] = image,
        ["name"] = MonaiReply.FileNameOf(image, file.Extension),
        ["path"] = "",
        ["ext"] = file.Extension,
        ["checksum"] = "SHA256:" + file.Sha256,
    });

    private static Task SendAsync(DoorCall call, string id, StoredFile file)
    {
        var wanted = call.Request.Query["check_sum"].ToString();
        return wanted.Length > 0 && !wanted.Equals("SHA256:" + file.Sha256, StringComparison.OrdinalIgnoreCase)
            ? throw new DoorException(StatusCodes.Status404NotFound, "the file has another checksum")
            : MonaiReply.FileAsync(call, id, file.Open());
    }

    private async Task PutInfoAsync(DoorCall call, StoredFile file)
    {
        using var body = MonaiForm.Reserve(call, budget);
        var form = await MonaiForm.ReadAsync(call);
        // The module for reviewers has another name for it.
        datastore.Describe(file, InfoOf(form.Field("info") ?? form.Field("params")));
        await MonaiReply.JsonAsync(call, file.Info.DeepClone());
    }

    private static string Query(DoorCall call, string name) => call.Request.Query[name].ToString() is { Length: > 0 } value
        ? value
        : throw new DoorException(StatusCodes.Status400BadRequest, $"{name}: it must be in the query");

    private static string TagOf(DoorCall call) => call.Request.Query["tag"].ToString() is { Length: > 0 } tag ? tag : Datastore.Final;

    private static JsonObject InfoOf(string? json) => string.IsNullOrWhiteSpace(json)
        ? []
        : JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { MaxDepth = 16 }) as JsonObject
            ?? throw new DoorException(StatusCodes.Status400BadRequest, "what is said of a file must be a JSON object");

    private static DoorException Missing(string part) => new(StatusCodes.Status400BadRequest, $"{part}: the form must have a file of this name");
}
