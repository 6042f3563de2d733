using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using SegBridge.Server.Doors.Frame;
using SegBridge.Server.Services;

namespace SegBridge.Server.Doors.Monai;

/// <summary>Inference: all prompts of a label in, its mask out.</summary>
internal sealed class InferCalls(
    MonaiModels models, Datastore datastore, UploadTable uploads, UploadBudget budget, OpenImages images, ExportTurn exports)
{
    public async Task InferAsync(DoorCall call)
    {
        var (start, output) = (Stopwatch.GetTimestamp(), OutputOf(call));
        using var body = MonaiForm.Reserve(call, budget);
        var form = await MonaiForm.ReadAsync(call);
        var asked = InferParams.Parse(form.Field("params"), models.LabelList);
        var model = call.Values.TryGetValue("model", out var name) ? models.Find(name) : null;
        var (source, read) = ImageOf(call, form);
        var (label, drawing) = (asked.Label ?? models.DefaultLabel, form.File("label"));
        var (answer, mask) = await images.UseAsync(call, source, read, asked.Modality, async image =>
        {
            var geometry = image.Session.Volume.Geometry;
            var drawn = drawing is null ? null : ScribbleMap.Of(drawing.ReadLabels(geometry), geometry, asked.LabelValues, label);
            // A call without a model, which viewers make on their own when an image is new, has no prompts: an empty mask is the answer.
            var said = model is null ? null : PromptReading.Of(asked, drawn, model, geometry.Size);
            var trail = image.TrailOf(label, said?.Slice);
            var answer = said is null ? new LabelAnswer(0, []) : await trail.SayAsync(said, drawn, asked.CandidateRank, call.Aborted);
            using var turn = await exports.TakeAsync(call.Aborted);
            var segment = image.Session.Segments.First(segment => segment.Id == trail.SegmentId);
            return (answer, await Task.Run(() => MaskFile.Of(image.Session, segment, asked), call.Aborted));
        });
        var reply = new JsonObject
        {
            ["label_names"] = new JsonObject { [label] = 1 },
            ["latencies"] = new JsonObject { ["total"] = Math.Round(Stopwatch.GetElapsedTime(start).TotalSeconds, 3) },
            // Some versions of the plug-in for OHIF fail without.
            ["centroids"] = new JsonObject(),
            ["confidence"] = Math.Round(answer.Confidence, 4),
            ["candidates"] = new JsonArray([.. answer.Candidates.Select(candidate => JsonValue.Create(Math.Round(candidate.Confidence, 4)))]),
        };
        await (output switch
        {
            "json" => MonaiReply.JsonAsync(call, reply),
            "image" => MonaiReply.MaskAsync(call, mask),
            _ => MonaiReply.FormAsync(call, reply, mask),
        });
    }

    // Before anything is read or computed for it.
    private static string OutputOf(DoorCall call) => call.Request.Query["output"].ToString() switch
    {
        "" => "all",
        "all" or "json" or "image" => call.Request.Query["output"].ToString(),
        "dicom_seg" => throw new DoorException(
            StatusCodes.Status501NotImplemented, "masks come as NRRD or NIfTI here, not as DICOM SEG, for images are kept without what DICOM says of the patient; ask for output=image or output=all"),
        _ => throw new DoorException(StatusCodes.Status400BadRequest, "output must be image, json or all"),
    };

    // By session, by what came along, or by id. An id is looked up in the datastore and means nothing else.
    private (object Source, Func<UploadedFile> Read) ImageOf(DoorCall call, MonaiForm form)
    {
        var (session, image) = (call.Request.Query["session_id"].ToString(), call.Request.Query["image"].ToString());
        var upload = session.Length > 0 ? uploads.Find(session, call.KeyName) : null;
        if (upload is null && form.File("file") is { } file)
        {
            upload = uploads.AddOnce(file, call.KeyName);
        }

        if (upload is not null)
        {
            return (upload, () => upload.File);
        }

        var stored = datastore.FindImage(image) ?? throw new DoorException(
            StatusCodes.Status404NotFound,
            session.Length > 0 ? "the session has expired; send the image again" : "there is no such image; send it with PUT /session/ or PUT /datastore/, or along with the call");
        return (stored, stored.Open);
    }
}
