using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Server.Tests.Support;
using SegBridge.V1;
using VoxelBox = SegBridge.Imaging.Geometry.VoxelBox;

namespace SegBridge.Server.Tests.Doors;

[Collection(DoorServerGroup.Name)]
public sealed class V2DoorTests(DoorServer shared)
{
    private const int K = Ellipsoid.CentreK;

    [Fact]
    public async Task A_box_and_a_correction_make_the_mask_that_they_make_by_grpc()
    {
        using var caller = await new V2Caller(shared.Server).InitializeAsync();
        await caller.PromptAsync("/add_bbox_interaction", $$"""{"bbox_coords":[[{{K}},{{K + 1}}],[20,57],[27,74]]}""");
        await caller.PointAsync(K, Ellipsoid.CentreJ, Ellipsoid.CentreI + 15, include: false);

        var open = Ellipsoid.Open();
        open.Volume.RescaleIntercept = 0;
        open.Volume.Modality = Modality.Unspecified;
        open.Volume.BrickSize = null;
        open.Volume.Geometry.Origin = new V1.LpsPoint();
        open.ModelId = "scribble-2d";
        var session = (await shared.Server.Sessions.OpenSessionAsync(open)).SessionId;
        var voxels = new PutBricksRequest { SessionId = session };
        var grid = new Imaging.Volumes.BrickGrid(Ellipsoid.Size, new VolumeSize(64, 64, 64));
        foreach (var index in grid.Covering(Ellipsoid.Size.Bounds))
        {
            voxels.Bricks.Add(new Brick
            {
                Index = new V1.BrickIndex { I = (uint)index.I, J = (uint)index.J, K = (uint)index.K },
                Encoding = V1.BrickEncoding.Raw,
                Data = Google.Protobuf.ByteString.CopyFrom(Ellipsoid.Voxels(grid.BoxOf(index))),
            });
        }

        await shared.Server.Sessions.PutBricksAsync(voxels);
        var boxed = Ellipsoid.Clicked(session);
        boxed.Prompts[0] = new Prompt
        {
            Box = new BoxPrompt { Box = new V1.VoxelBox { Lower = new VoxelIndex { I = 27, J = 20, K = K }, Upper = new VoxelIndex { I = 74, J = 57, K = K + 1 } } },
        };
        await shared.Server.Sessions.Predict(boxed).ResultAsync();
        var clicked = Ellipsoid.Clicked(session);
        clicked.Prompts[0].Point.Polarity = Polarity.Negative;
        clicked.Prompts[0].Point.Ijk.I += 15;
        await shared.Server.Sessions.Predict(clicked).ResultAsync();
        var expected = (await shared.Server.Sessions.GetMaskAsync(new GetMaskRequest { SessionId = session, SegmentId = "liver" })).Mask;
        var mask = caller.Buffer.Read(caller.Buffer.BoundingBox);
        Assert.Equal(Ellipsoid.ToBlock(expected).Box, mask.Box);
        Assert.Equal(Ellipsoid.ToBlock(expected).Bits, mask.Bits);
        Assert.True(Ellipsoid.DiceOnMiddle(mask) > 0.6);
    }

    [Fact]
    public async Task A_reply_is_the_smallest_box_of_what_changed()
    {
        using var caller = await new V2Caller(shared.Server).InitializeAsync();
        var before = new byte[Ellipsoid.Size.VoxelCount];
        foreach (var include in (bool[])[true, false])
        {
            var meta = await caller.PointAsync(K, Ellipsoid.CentreJ, Ellipsoid.CentreI + (include ? 0 : 10), include);
            var after = new byte[before.Length];
            caller.Buffer.Read(Ellipsoid.Size.Bounds).Unpack(after);
            var changed = BitBlock.FromVoxels(Ellipsoid.Size.Bounds, [.. before.Zip(after, (a, b) => (byte)(a ^ b))]).BoundingBox;
            Assert.Equal(Pairs(changed), meta["bbox"]!.ToJsonString());
            Assert.Equal($"[{changed.Size.K},{changed.Size.J},{changed.Size.I}]", meta["shape"]!.ToJsonString());
            before = after;
        }
    }

    [Fact]
    public async Task Prompts_are_kept_until_a_prediction_and_taken_back_one_by_one()
    {
        using var caller = await new V2Caller(shared.Server).InitializeAsync();
        var kept = await caller.PointAsync(K, Ellipsoid.CentreJ, Ellipsoid.CentreI, run: false);
        Assert.Equal("""{"ran_prediction":false,"bbox":null}""", kept.ToJsonString());
        Assert.Equal("""{"ran_prediction":true,"bbox":null}""", (await caller.PromptAsync("/undo", "{}")).ToJsonString());
        await caller.PointAsync(K, Ellipsoid.CentreJ, Ellipsoid.CentreI, run: false);
        await caller.PointAsync(K, Ellipsoid.CentreJ, Ellipsoid.CentreI + 8);
        Assert.True(caller.Buffer[new Ijk(Ellipsoid.CentreI, Ellipsoid.CentreJ, K)]);
        Assert.True((bool)(await caller.PromptAsync("/undo", "{}"))["ran_prediction"]!);
        Assert.Equal(0, caller.Buffer.Count);
        Assert.Equal("""{"ran_prediction":false,"bbox":null}""", (await caller.PromptAsync("/undo", "{}")).ToJsonString());
    }

    [Fact]
    public async Task Kept_prompts_of_two_slices_are_predicted_each_on_its_own_and_taken_back_together()
    {
        using var caller = await new V2Caller(shared.Server).InitializeAsync();
        await caller.PointAsync(K, Ellipsoid.CentreJ, Ellipsoid.CentreI, run: false);
        await caller.PointAsync(K + 2, Ellipsoid.CentreJ, Ellipsoid.CentreI);
        Assert.True(caller.Buffer[new Ijk(Ellipsoid.CentreI, Ellipsoid.CentreJ, K)] && caller.Buffer[new Ijk(Ellipsoid.CentreI, Ellipsoid.CentreJ, K + 2)]);
        await caller.PromptAsync("/undo", "{}");
        Assert.Equal(0, caller.Buffer.Count);
    }

    [Theory]
    [InlineData("/add_point_interaction", """{"coordinates":[6,38]}""", "coordinates")]
    [InlineData("/add_point_interaction", """{"include_interaction":true}""", "JSON")]
    [InlineData("/add_point_interaction", "nonsense", "JSON")]
    [InlineData("/add_bbox_interaction", """{"bbox_coords":[[5,8],[20,57],[27,74]]}""", "one slice")]
    [InlineData("/add_bbox_interaction", """{"bbox_coords":[[6,6],[20,57],[27,74]]}""", "must hold a voxel")]
    [InlineData("/add_bbox_interaction", """{"bbox_coords":[[6,7],[20,57]]}""", "three pairs")]
    [InlineData("/add_scribble_interaction", "nonsense", "NNIA")]
    [InlineData("/set_target_buffer", """{"shape":[12,80,95],"dtype":"uint8"}""", "[12, 80, 96]")]
    [InlineData("/set_target_buffer", """{"shape":[12,80,96],"dtype":"object"}""", "type")]
    public async Task What_cannot_be_done_is_refused_with_its_reason(string path, string json, string reason)
    {
        using var caller = await new V2Caller(shared.Server).InitializeAsync();
        var (status, detail) = await V2Caller.RefusalAsync(caller.SendAsync("POST", path, new StringContent(json, null, "application/json")));
        Assert.Equal(400, status);
        Assert.Contains(reason, detail, StringComparison.Ordinal);
    }

    // MITK ends its session and clears what was drawn on any error; the original makes none of these.
    [Fact]
    public async Task What_draws_nothing_or_misses_the_volume_is_no_error()
    {
        using var caller = await new V2Caller(shared.Server).InitializeAsync();
        var nothing = V2Caller.Nnia("uint8", [1, 8, 8], new byte[64]);
        foreach (var path in (string[])["/add_scribble_interaction", "/add_lasso_interaction"])
        {
            var meta = await caller.ApplyAsync(await caller.ArrayAsync(path, nothing, """{"include_interaction":true,"interaction_bbox":[[1,2],[0,8],[0,8]]}"""));
            Assert.Equal("""{"ran_prediction":true,"bbox":null}""", meta.ToJsonString());
        }

        Assert.False((bool)(await caller.PromptAsync("/undo", "{}"))["ran_prediction"]!);
        await caller.PointAsync(K, -40, 9999);
        Assert.True(caller.Buffer[new Ijk(Ellipsoid.Size.I - 1, 0, K)]);
        await caller.PromptAsync("/undo", "{}");
        // A rectangle as a drawing program has it, partly beside the slice, and one that is all beside it.
        Assert.NotNull((await caller.PromptAsync("/add_bbox_interaction", $$"""{"bbox_coords":[[{{K}}.0,{{K + 1}}.0],[-7.4,57.2],[27.3,74.9]]}"""))["bbox"]);
        Assert.True((bool)(await caller.PromptAsync("/add_bbox_interaction", $$"""{"bbox_coords":[[{{K}},{{K + 1}}],[20,57],[900,950]]}"""))["ran_prediction"]!);
    }

    [Fact]
    public async Task A_mask_to_start_from_is_kept_also_when_a_prediction_from_it_is_asked_for()
    {
        using var caller = await new V2Caller(shared.Server).InitializeAsync();
        var segment = new byte[Ellipsoid.Size.VoxelCount];
        segment.AsSpan(K * Ellipsoid.Size.I * Ellipsoid.Size.J, 500).Fill(1);
        var array = V2Caller.Nnia("uint8", [Ellipsoid.Size.K, Ellipsoid.Size.J, Ellipsoid.Size.I], segment);
        var meta = await caller.ApplyAsync(await caller.ArrayAsync("/add_initial_seg_interaction", array, """{"run_prediction":true,"override_capability_checks":false}"""));
        Assert.Equal("""{"ran_prediction":false,"bbox":null}""", meta.ToJsonString());
        caller.Buffer.Replace(BitBlock.FromVoxels(Ellipsoid.Size.Bounds, segment));
        await caller.PointAsync(K, Ellipsoid.CentreJ, Ellipsoid.CentreI);
        Assert.NotEqual(500, caller.Buffer.Count);
        await caller.PromptAsync("/undo", "{}");
        var after = new byte[segment.Length];
        caller.Buffer.Read(Ellipsoid.Size.Bounds).Unpack(after);
        Assert.Equal(segment, after);
    }

    [Fact]
    public async Task Before_the_first_image_there_is_nothing_to_take_back_and_that_is_no_error()
    {
        using var caller = new V2Caller(shared.Server);
        caller.Lease = (string)(await caller.JsonAsync("POST", "/claim"))["lease_token"]!;
        Assert.Equal("{}", (await caller.JsonAsync("POST", "/reset_interactions", "{}")).ToJsonString());
        Assert.Equal("{}", (await caller.JsonAsync("POST", "/set_target_buffer", """{"shape":[12,80,96],"dtype":"bool"}""")).ToJsonString());
        Assert.Equal("""{"ran_prediction":false,"bbox":null}""", (await caller.PromptAsync("/undo", "{}")).ToJsonString());
        Assert.True((double)(await caller.JsonAsync("POST", "/heartbeat"))["remaining_seconds"]! > 0);
        var (status, detail) = await V2Caller.RefusalAsync(caller.SendAsync("POST", "/add_point_interaction", new StringContent("""{"coordinates":[1,2,3]}""")));
        Assert.Equal((400, true), (status, detail.Contains("no image yet", StringComparison.Ordinal)));
        await caller.JsonAsync("POST", "/release");
    }

    [Theory]
    [InlineData("int16", new long[] { 2, 4, 4, 2 }, "one channel")]
    [InlineData("int16", new long[] { 4, 4, 4 }, "one channel")]
    [InlineData("complex64", new long[] { 1, 4, 4, 4 }, "type")]
    [InlineData("int16", new long[] { 1, 1 << 20, 1 << 20, 4 }, "at most")]
    [InlineData("int16", new long[] { 1, -4, 4, 4 }, "axis 1")]
    [InlineData("int16", new long[] { 1, 4, 4, 5 }, "its shape needs 160")]
    public async Task An_image_that_cannot_be_taken_is_refused_before_memory_is(string type, long[] shape, string reason)
    {
        using var caller = new V2Caller(shared.Server);
        caller.Lease = (string)(await caller.JsonAsync("POST", "/claim"))["lease_token"]!;
        var before = GC.GetTotalAllocatedBytes();
        var (status, detail) = await V2Caller.RefusalAsync(caller.ArrayAsync("/set_image", V2Caller.Nnia(type, shape, new byte[128]), "{}"));
        Assert.Equal(reason == "at most" ? 413 : 400, status);
        Assert.Contains(reason, detail, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 32 << 20);
    }

    [Fact]
    public async Task Capabilities_are_those_of_the_model_and_have_all_that_clients_look_for()
    {
        using var slices = new V2Caller(shared.Server);
        using var volume = new V2Caller(shared.Server, "");
        var (flat, whole) = (await slices.JsonAsync("GET", "/capabilities"), await volume.JsonAsync("GET", "/capabilities"));
        Assert.Equal("""{"points":true,"scribble":true,"lasso":true,"bbox2d":true,"bbox3d":false}""", flat["supported_interactions"]!.ToJsonString());
        Assert.True((bool)whole["supported_interactions"]!["bbox3d"]!);
        Assert.Equal(
            ["channel_mapping", "do_autozoom", "inference_session_version", "interaction_decay", "license", "num_interaction_channels", "patch_size", "preferred_scribble_thickness",
                "supported_interactions", "supports_initial_label", "supports_undo", "supports_zero_shot_label_refinement"],
            flat.AsObject().Select(pair => pair.Key).Order(StringComparer.Ordinal));
        Assert.Equal("""{"prev_seg":0,"bbox2d":[1,2],"bbox3d":[1,2],"lasso":[1,2],"points":[3,4],"scribble":[5,6]}""", flat["channel_mapping"]!.ToJsonString());
    }

    private static string Pairs(VoxelBox box) =>
        $"[[{box.Lower.K},{box.Upper.K}],[{box.Lower.J},{box.Upper.J}],[{box.Lower.I},{box.Upper.I}]]";
}
