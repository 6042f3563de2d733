using System.Text.Json.Serialization;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Server.Doors.Frame;
using SegBridge.Server.Doors.Loop;
using SegBridge.Sessions;
using SegBridge.Sessions.Errors;

namespace SegBridge.Server.Doors.NnInteractive.Legacy;

/// <summary>
/// The calls of nnInteractive's first protocol: whole volumes up, the whole mask down, and no session. What is meant is told by
/// who calls: by the key or the name in the address (/u/NAME), else by the caller's own address.
/// </summary>
internal sealed class LegacyDoor(SessionManager sessions, DoorImages images, DoorClients clients)
{
    private const string Client = "nninteractive-legacy";

    // By these words the client knows that it has to send image and segment again, and does so by itself.
    private const string NoImage = "No image uploaded";

    public void Map(DoorRoutes routes)
    {
        // "Test connection": any answer will do.
        routes.MapGet("/", call => call.WriteJsonAsync(new LegacyReply("ok")), needsKey: false);
        routes.MapPost("/upload_image", UploadImageAsync);
        routes.MapPost("/upload_segment", call => AnswerAsync(call, segment => UploadSegmentAsync(call, segment)));
    }

    public Task AddPointAsync(DoorCall call, LegacyPointMessage message) => AnswerAsync(call, segment =>
        DrawAsync(call, segment, DrawnPrompts.Point(VoxelOf(message.VoxelCoord, "voxel_coord").Centre, message.PositiveClick, segment)));

    public Task AddBoxAsync(DoorCall call, LegacyBoxMessage message) => AnswerAsync(call, segment =>
    {
        var (one, two) = (VoxelOf(message.OuterPointOne, "outer_point_one"), VoxelOf(message.OuterPointTwo, "outer_point_two"));
        // Both corners belong to the box; on the axis across the slice they are the same.
        var box = VoxelBox.Of(one).Union(VoxelBox.Of(two));
        return DrawAsync(call, segment, DrawnPrompts.Box(box, message.PositiveClick, segment));
    });

    public Task AddDrawnAsync(DoorCall call, bool isLasso) => AnswerAsync(call, async segment =>
    {
        var (drawn, isPositive) = await ReadMaskAsync(call, segment);
        await DrawAsync(call, segment, DrawnPrompts.Voxels(drawn, isPositive, isLasso, null, segment));
    });

    private async Task UploadImageAsync(DoorCall call)
    {
        using var turn = await clients.EnterAsync(UserOf(call), call.Aborted);
        // Also if the new image is refused: what is drawn from now on is not meant for the one before.
        if (turn.Segment is { } before)
        {
            turn.Segment = null;
            sessions.Close(before.Session.Id);
        }

        try
        {
            var form = await LegacyForm.ReadAsync(call, isGzip: false, images.MaxBytes, images);
            var model = images.ModelOf(call.ModelId);
            // The dialect says nothing of millimetres.
            turn.Segment = new DoorSegment(images.Open(form.Array.ToVolume(new Spacing(1, 1, 1)), model.Id, Client, call.KeyName), model);
            turn.Refusal = null;
            call.Note(turn.Segment.Session);
            await call.WriteJsonAsync(new LegacyReply("ok"));
        }
        catch (Exception error) when (DoorFault.Of(error) is { } fault && !call.Response.HasStarted)
        {
            turn.Refusal = $"The image was not taken: {fault.Message}";
            await RefuseAsync(call, turn.Refusal);
        }
    }

    private async Task AnswerAsync(DoorCall call, Func<DoorSegment, Task> answer)
    {
        using var turn = await clients.EnterAsync(UserOf(call), call.Aborted);
        if (turn.Segment is not { } segment)
        {
            // A client whose image was refused would send it again for ever.
            await RefuseAsync(call, turn.Refusal ?? NoImage);
            return;
        }

        call.Note(segment.Session);
        try
        {
            await answer(segment);
        }
        catch (ImageLostException)
        {
            await RefuseAsync(call, NoImage);
        }
        catch (Exception error) when (DoorFault.Of(error) is { } fault && !call.Response.HasStarted)
        {
            await RefuseAsync(call, fault.Message);
        }
    }

    private async Task UploadSegmentAsync(DoorCall call, DoorSegment segment)
    {
        await segment.StartAsync((await ReadMaskAsync(call, segment)).Mask, call.Aborted);
        await call.WriteJsonAsync(new LegacyReply("ok"));
    }

    private static async Task DrawAsync(DoorCall call, DoorSegment segment, DoorPrompts prompts)
    {
        await segment.PredictAsync(prompts, call.Aborted);
        call.Response.Headers.ContentEncoding = "gzip";
        await call.WriteAsync(LegacyMask.Write(segment.Mask, segment.Session.Volume.Geometry.Size), "application/octet-stream");
    }

    private async Task<(BitBlock Mask, bool IsPositive)> ReadMaskAsync(DoorCall call, DoorSegment segment)
    {
        var bounds = segment.Session.Volume.Geometry.Bounds;
        var form = await LegacyForm.ReadAsync(call, isGzip: true, Math.Min(8 * bounds.VoxelCount, images.MaxBytes), images);
        return (form.Array.ToMask(bounds), form.IsPositive);
    }

    // Errors come as a success whose text tells.
    private static Task RefuseAsync(DoorCall call, string message) => call.WriteJsonAsync(new LegacyReply("error", message));

    private static string UserOf(DoorCall call) => $"{Client} {call.User}";

    private static Ijk VoxelOf(double[] position, string field) => position.Length == 3 && position.All(index => Math.Abs(index) <= int.MaxValue / 2)
        ? new VoxelPoint(position[2], position[1], position[0]).Nearest()
        : throw new InvalidRequestException($"{field}: must be three numbers, k, j and i");
}

internal sealed record LegacyPointMessage(double[] VoxelCoord, bool PositiveClick);

internal sealed record LegacyBoxMessage(double[] OuterPointOne, double[] OuterPointTwo, bool PositiveClick);

internal sealed record LegacyReply(string Status, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Message = null);
