using Microsoft.AspNetCore.Http;
using SegBridge.Imaging.Formats.Numpy;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Server.Doors.Frame;
using SegBridge.Server.Doors.Loop;
using SegBridge.Sessions;
using SegBridge.Sessions.Errors;

namespace SegBridge.Server.Doors.NnInteractive.V2;

/// <summary>The calls of nnInteractive's second protocol: a lease, an image, prompts, and the changed part of the mask back.</summary>
internal sealed class V2Door(SessionManager sessions, DoorImages images, LeaseTable leases, SessionOptions limits)
{
    private const string LeaseHeader = "X-Lease-Token";
    private const string MetaHeader = "X-Meta";
    private const string Client = "nninteractive";

    public static bool HasLease(DoorCall call) => call.Request.Headers.ContainsKey(LeaseHeader);

    public void Map(DoorRoutes routes)
    {
        routes.MapGet("/healthz", call => call.WriteJsonAsync(new { Ok = true }), needsKey: false);
        routes.MapPost("/claim", ClaimAsync);
        routes.MapPost("/release", ReleaseAsync);
        routes.MapPost("/heartbeat", HeartbeatAsync);
        routes.MapGet("/lease_status", LeaseStatusAsync);
        routes.MapGet("/capabilities", call => call.WriteJsonAsync(Capabilities.Of(images.ModelOf(call.ModelId))));
        routes.MapPost("/set_image", call => WithLeaseAsync(call, lease => SetImageAsync(call, lease)));
        routes.MapPost("/set_target_buffer", call => WithLeaseAsync(call, lease => SetTargetBufferAsync(call, SegmentOf(lease))));
        routes.MapPost("/set_do_autozoom", call => WithLeaseAsync(call, _ => SetAutozoomAsync(call)));
        routes.MapPost("/reset_interactions", call => WithLeaseAsync(call, lease => ResetAsync(call, SegmentOf(lease))));
        routes.MapPost("/undo", call => WithLeaseAsync(call, lease => ReplyAsync(call, SegmentOf(lease)?.Undo())));
        routes.MapPost("/add_initial_seg_interaction", call => WithImageAsync(call, segment => AddInitialMaskAsync(call, segment)));
    }

    public Task AddPointAsync(DoorCall call, PointMessage message) => WithImageAsync(call, segment => DrawAsync(
        call, segment, DrawnPrompts.Point(V2Numbers.PointOf(message.Coordinates), message.IncludeInteraction, segment), message.RunPrediction));

    public Task AddBoxAsync(DoorCall call, BoxMessage message) => WithImageAsync(call, segment => DrawAsync(
        call, segment, DrawnPrompts.Box(V2Numbers.BoxOf(message.BboxCoords), message.IncludeInteraction, segment), message.RunPrediction));

    public Task AddDrawnAsync(DoorCall call, bool isLasso) => WithImageAsync(call, async segment =>
    {
        var message = MetaOf<DrawnMessage>(call);
        var bounds = segment.Session.Volume.Geometry.Bounds;
        VoxelBox? drawnIn = message.InteractionBbox is { } pairs ? V2Numbers.BoxOf(pairs) : null;
        if (drawnIn is { } box && (box.IsEmpty || !bounds.Encloses(box)))
        {
            throw new InvalidRequestException($"interaction_bbox: {box} must not be empty and must lie inside the volume of {bounds.Size} voxels");
        }

        var drawn = await ReadMaskAsync(call, drawnIn ?? bounds);
        // A stroke or a loop smaller than a voxel draws nothing, and is no error: some clients end their session on any.
        await (drawn.BoundingBox.IsEmpty
            ? ReplyAsync(call, message.RunPrediction ? new BitBlock(VoxelBox.Empty) : null)
            : DrawAsync(call, segment, DrawnPrompts.Voxels(drawn, message.IncludeInteraction, isLasso, drawnIn, segment), message.RunPrediction));
    });

    private async Task WithLeaseAsync(DoorCall call, Func<Lease, Task> handle)
    {
        var lease = await leases.EnterAsync(call.Request.Headers[LeaseHeader].ToString(), call.KeyName, call.Aborted);
        try
        {
            lease.ShowLife();
            if (lease.Segment is { } segment)
            {
                call.Note(segment.Session);
            }

            await handle(lease);
        }
        finally
        {
            lease.Gate.Release();
        }
    }

    private Task WithImageAsync(DoorCall call, Func<DoorSegment, Task> handle) => WithLeaseAsync(call, async lease =>
    {
        var segment = SegmentOf(lease) ?? throw new InvalidRequestException("there is no image yet: send it by /set_image first");
        try
        {
            await handle(segment);
        }
        catch (ImageLostException)
        {
            throw ImageLost();
        }
    });

    /// <returns>Null before the first image.</returns>
    private static DoorSegment? SegmentOf(Lease lease) => lease.HasLostImage ? throw ImageLost() : lease.Segment;

    // What makes clients claim a new lease, and send it again.
    private static DoorException ImageLost() => new(
        StatusCodes.Status410Gone, "the session has ended and its image is not there any more; claim a new lease and send the image again");

    private Task ClaimAsync(DoorCall call)
    {
        var lease = leases.Claim(call.KeyName);
        return call.WriteJsonAsync(new ClaimReply(
            lease.Token, limits.IdleTimeout.TotalSeconds, limits.LivenessTimeout.TotalSeconds, limits.MaxSessions));
    }

    private Task ReleaseAsync(DoorCall call)
    {
        leases.Release(call.Request.Headers[LeaseHeader].ToString(), call.KeyName);
        return call.WriteJsonAsync(new { Released = true });
    }

    private async Task HeartbeatAsync(DoorCall call)
    {
        var lease = await WatchedAsync(call);
        lease.ShowLife();
        await call.WriteJsonAsync(new RemainingReply(Seconds(lease.IdleLeft)));
    }

    private async Task LeaseStatusAsync(DoorCall call) =>
        await call.WriteJsonAsync(new LeaseStatusReply(Seconds((await WatchedAsync(call)).IdleLeft), limits.IdleTimeout.TotalSeconds));

    /// <summary>
    /// The lease of a call that only looks at it, and waits for no prediction. Whose image is lost hears it here: the client for
    /// Slicer then connects again by itself when its user draws next; told by a prompt, it would make its user do that.
    /// </summary>
    private async Task<Lease> WatchedAsync(DoorCall call)
    {
        var lease = await leases.FindAsync(call.Request.Headers[LeaseHeader].ToString(), call.KeyName, call.Aborted);
        return leases.HasImageLost(lease) ? throw ImageLost() : lease;
    }

    private async Task SetImageAsync(DoorCall call, Lease lease)
    {
        call.AllowBody(NniaArray.MaxBodyBytes(images.MaxBytes));
        var spacing = V2Numbers.SpacingOf(MetaOf<ImageMessage>(call).ImageProperties?.Spacing);
        var array = await NniaArray.ReadAsync(call.Request.Body, bytes => images.Reserve(call, bytes), call.Aborted);
        var volume = OnlyChannel(array).ToVolume(spacing);
        var model = images.ModelOf(call.ModelId);
        lease.Segment = null;
        try
        {
            lease.Segment = new DoorSegment(images.Open(volume, model.Id, Client, call.KeyName, lease.Token), model);
        }
        catch (LimitExceededException) when (leases.GiveWay())
        {
            lease.Segment = new DoorSegment(images.Open(volume, model.Id, Client, call.KeyName, lease.Token), model);
        }
        catch (LimitExceededException) when (sessions.Count >= limits.MaxSessions)
        {
            throw LeaseTable.AtCapacity();
        }

        lease.HasLostImage = false;
        call.Note(lease.Segment.Session);
        await call.WriteJsonAsync(new ImageReply([.. array.Shape]));
    }

    private static NumpyArray OnlyChannel(NumpyArray image) => image.Shape.Count > 0 && image.Shape[0] == 1
        ? image.WithoutFirstAxis()
        : throw new InvalidRequestException($"the image must have one channel, the shape (1, k, j, i), got {NumpyArray.Text(image.Shape)}");

    private static async Task SetTargetBufferAsync(DoorCall call, DoorSegment? segment)
    {
        var message = await call.ReadJsonAsync<TargetBufferMessage>();
        if (segment?.Session.Volume.Geometry.Size is { } size && !message.Shape.SequenceEqual([size.K, size.J, size.I]))
        {
            throw new InvalidRequestException($"shape: must be that of the image, [{size.K}, {size.J}, {size.I}]");
        }

        // Any will do: replies are of uint8, and clients turn them into theirs. Their buffer is empty from now on.
        NumpyType.OfName(message.Dtype);
        await ResetAsync(call, segment);
    }

    // Models of volumes choose their patch by what was prompted in any case.
    private static async Task SetAutozoomAsync(DoorCall call)
    {
        await call.ReadJsonAsync<AutozoomMessage>();
        await call.WriteJsonAsync(new { });
    }

    private static Task ResetAsync(DoorCall call, DoorSegment? segment)
    {
        segment?.Reset();
        return call.WriteJsonAsync(new { });
    }

    // Whether to predict from it is not asked: models predict from prompts, not from a mask alone, as the capabilities say. A
    // client that asks for it all the same keeps its mask.
    private async Task AddInitialMaskAsync(DoorCall call, DoorSegment segment)
    {
        await segment.StartAsync(await ReadMaskAsync(call, segment.Session.Volume.Geometry.Bounds), call.Aborted);
        // The client has the mask in its own buffer already.
        await ReplyAsync(call, null);
    }

    private static async Task DrawAsync(DoorCall call, DoorSegment segment, DoorPrompts prompts, bool run)
    {
        if (run)
        {
            await ReplyAsync(call, await segment.PredictAsync(prompts, call.Aborted));
        }
        else
        {
            segment.Keep(prompts);
            await ReplyAsync(call, null);
        }
    }

    /// <summary>Answers with what the mask is now in a box; null: nothing was predicted.</summary>
    private static Task ReplyAsync(DoorCall call, BitBlock? changed)
    {
        if (changed is null || changed.Box.IsEmpty)
        {
            call.Response.Headers[MetaHeader] = DoorCall.ToJson(new PredictionMeta(changed is not null, null));
            return call.WriteAsync(ReadOnlyMemory<byte>.Empty, NniaArray.ContentType);
        }

        var (lower, upper, size) = (changed.Box.Lower, changed.Box.Upper, changed.Box.Size);
        call.Response.Headers[MetaHeader] = DoorCall.ToJson(new PredictionMeta(
            true, [[lower.K, upper.K], [lower.J, upper.J], [lower.I, upper.I]], "uint8", [size.K, size.J, size.I]));
        return call.WriteAsync(NniaArray.Write(changed, "uint8"), NniaArray.ContentType);
    }

    private async Task<BitBlock> ReadMaskAsync(DoorCall call, VoxelBox box)
    {
        var most = Math.Min(8 * box.VoxelCount, images.MaxBytes);
        call.AllowBody(NniaArray.MaxBodyBytes(most));
        return (await NniaArray.ReadAsync(call.Request.Body, bytes => images.Reserve(call, bytes), call.Aborted)).ToMask(box);
    }

    private static T MetaOf<T>(DoorCall call) => DoorCall.ParseJson<T>(call.Request.Headers[MetaHeader] is [{ Length: > 0 } text] ? text : "{}");

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 1);
}
