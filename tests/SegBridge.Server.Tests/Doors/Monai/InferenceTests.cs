using System.Net;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;
using SegBridge.Server.Tests.Support;
using SegBridge.V1;
using VoxelBox = SegBridge.Imaging.Geometry.VoxelBox;

namespace SegBridge.Server.Tests.Doors.Monai;

[Collection(MonaiServerGroup.Name)]
public sealed class InferenceTests(MonaiServer server)
{
    [Fact]
    public async Task Clicks_one_after_the_other_make_the_mask_that_gRPC_makes_of_them()
    {
        var session = await server.NewSessionAsync();
        var one = await MaskAsync(session, """{"label": "a", "foreground": [[50, 38, 6]], "background": [], "modality": "CT"}""");
        var two = await MaskAsync(session, """{"label": "a", "foreground": [[50, 38, 6]], "background": [[20, 10, 6]], "modality": "CT"}""");
        var three = await MaskAsync(session, """{"label": "a", "foreground": [[50, 38, 6], [60, 40, 6]], "background": [[20, 10, 6]], "modality": "CT"}""");

        var twin = await server.Server.Sessions.OpenEllipsoidAsync();
        Assert.Equal(await TwinAsync(twin, Point(50, 38, true)), one);
        Assert.Equal(await TwinAsync(twin, Point(20, 10, false)), two);
        Assert.Equal(await TwinAsync(twin, Point(60, 40, true)), three);

        // Prompts taken back bring back what was there before them, and another start is a new one.
        Assert.Equal(two, await MaskAsync(session, """{"label": "a", "foreground": [[50, 38, 6]], "background": [[20, 10, 6]], "modality": "CT"}"""));
        Assert.Equal(one, await MaskAsync(session, """{"label": "a", "foreground": [[50, 38, 6]], "background": [], "modality": "CT"}"""));
        Assert.Equal(one, await MaskAsync(session, """{"label": "b", "foreground": [[50, 38, 6]], "background": [], "modality": "CT"}"""));
    }

    [Theory]
    [InlineData("""{"label": "object", "points": [[50, 38, 6], [20, 10, 6], [1, 1, 1]], "point_labels": [1, 0, -1]}""")]
    [InlineData("""{"points": [[50, 38, 6], [20, 10, 6]], "point_labels": [1, 0], "label_prompt": [1]}""")]
    [InlineData("""{"label": "object", "object": [[50, 38, 6]], "background": [[20, 10, 6]]}""")]
    [InlineData("""{"object": [[50, 38, 6]], "background": [[20, 10, 6]]}""")]
    [InlineData("""{"label": "kidney", "kidney": [[50, 38, 6]], "object": [[20, 10, 6]]}""")]
    public async Task Points_may_be_written_as_for_other_types_of_models(string parameters)
    {
        var session = await server.NewSessionAsync();
        var (_, expected) = await server.InferAsync("scribble-2d", session, """{"label": "expected", "foreground": [[50, 38, 6]], "background": [[20, 10, 6]], "result_extension": ".nrrd"}""");
        var (told, mask) = await server.InferAsync("scribble-2d", session, parameters.Replace("{", "{\"result_extension\": \".nrrd\", ", StringComparison.Ordinal));
        Assert.Contains((byte)1, mask.Data.ToArray());
        Assert.Equal(expected.Data.ToArray(), mask.Data.ToArray());
        Assert.Equal(parameters.Contains("kidney", StringComparison.Ordinal) ? "kidney" : "object", told["label_names"]!.AsObject().Single().Key);
    }

    [Fact]
    public async Task A_box_may_have_its_corners_the_wrong_way_round_and_a_slice_in_millimetres()
    {
        var session = await server.NewSessionAsync();
        var mask = await MaskAsync(session, """{"label": "a", "foreground": [], "background": [], "slice": 712, "roi": [73, 27, 20, 56, 6, 6], "modality": "CT"}""");
        var twin = await server.Server.Sessions.OpenEllipsoidAsync();
        var box = new Prompt { Box = new BoxPrompt { Box = new V1.VoxelBox { Lower = new VoxelIndex { I = 27, J = 20, K = 6 }, Upper = new VoxelIndex { I = 74, J = 57, K = 7 } } } };
        Assert.Equal(await TwinAsync(twin, box), mask);
    }

    [Fact]
    public async Task A_click_on_the_first_slice_is_not_disturbed_by_those_on_others_that_the_client_sends_along()
    {
        var session = await server.NewSessionAsync();
        var alone = await server.InferAsync("scribble-2d", session, """{"foreground": [[50, 38, 0]], "result_extension": ".nrrd"}""");
        var along = await server.InferAsync("scribble-2d", session, """{"label": "b", "foreground": [[50, 38, 6], [50, 38, 0]], "result_extension": ".nrrd"}""");
        Assert.True(alone.Mask.Data.Span.SequenceEqual(along.Mask.Data.Span));
    }

    [Fact]
    public async Task Scribbles_on_two_slices_are_predicted_on_both()
    {
        var session = await server.NewSessionAsync();
        var drawn = Labels(new VoxelBox(new Ijk(45, 38, 5), new Ijk(56, 39, 7)), 3);
        var (_, mask) = await server.InferAsync(
            "scribble-2d:scribbles", session,
            """{"roi": [], "selected_label_name": "liver", "result_extension": ".nrrd", "label_info": [{"name": "liver", "id": 1}, {"name": "background_scribbles", "id": 2}, {"name": "foreground_scribbles", "id": 3}]}""",
            drawn);
        for (var k = 0; k < Ellipsoid.Size.K; k++)
        {
            var slice = mask.Data.Slice(k * 96 * 80, 96 * 80);
            Assert.Equal(k is 5 or 6, slice.Span.Contains((byte)1));
        }
    }

    [Fact]
    public async Task What_the_user_edited_is_where_the_next_step_starts()
    {
        var session = await server.NewSessionAsync();
        const string parameters = """{"selected_label_name": "liver", "result_extension": ".nrrd", "label_info": [{"name": "liver", "id": 1}, {"name": "background_scribbles", "id": 2}, {"name": "foreground_scribbles", "id": 3}]}""";
        // Two boxes of the user's own, no scribble: nothing to predict.
        var own = Labels(new VoxelBox(new Ijk(3, 4, 2), new Ijk(9, 12, 5)), 1);
        var (_, mask) = await server.InferAsync("scribble-2d:scribbles", session, parameters, own);
        Assert.Equal(6 * 8 * 3, mask.Data.Span.Count((byte)1));
        // A scribble on another slice leaves them.
        var more = Labels(new VoxelBox(new Ijk(3, 4, 2), new Ijk(9, 12, 5)), 1, (new VoxelBox(new Ijk(45, 38, 6), new Ijk(56, 39, 7)), 3));
        var (_, both) = await server.InferAsync("scribble-2d:scribbles", session, parameters, more);
        Assert.Equal(6 * 8 * 3, both.Data.Span[..(6 * 96 * 80)].Count((byte)1));
        Assert.True(both.Data.Slice(6 * 96 * 80, 96 * 80).Span.Contains((byte)1));
    }

    [Fact]
    public async Task A_client_that_sends_the_image_with_every_call_works_on_one_session()
    {
        async Task<byte[]> InferAsync(string parameters)
        {
            using var reply = await server.Client.PostAsync("/infer/scribble-2d", MonaiServer.Form(parameters, ("file", "post_from_mitk.nii.gz", MonaiServer.Image)));
            var (_, name, file) = await MonaiServer.PartsOf(reply);
            Assert.Equal("result.nii.gz", name);
            return file;
        }

        const string click = """{"foreground":[[50,38,6]],"background":[]}""";
        var first = await InferAsync(click);
        var sessions = ((SegBridge.Sessions.SessionManager)server.Server.Running.Services.GetService(typeof(SegBridge.Sessions.SessionManager))!).Count;
        Assert.Equal(first, await InferAsync(click));
        Assert.NotEqual(first, await InferAsync("""{"foreground":[[50,38,6]],"background":[[55,38,6]]}"""));
        Assert.Equal(sessions, ((SegBridge.Sessions.SessionManager)server.Server.Running.Services.GetService(typeof(SegBridge.Sessions.SessionManager))!).Count);
    }

    [Theory]
    [InlineData("scribble-2d", """{"foreground": [[500, 38, 6]]}""", "outside the volume")]
    [InlineData("scribble-2d", """{"foreground": [[1, 2]]}""", "params.foreground[0]: it must be a voxel index [i, j, k]")]
    [InlineData("scribble-2d", """{"foreground": 7}""", "params.foreground: it must be a list")]
    [InlineData("scribble-2d", """{"points": [[50, 38, 6]], "point_labels": [1, 0]}""", "params.point_labels")]
    [InlineData("scribble-2d", """{"roi": [1, 2, 3]}""", "params.roi")]
    [InlineData("scribble-2d", """{"roi": [900, 950, 3, 4, 5, 6]}""", "holds no voxel of the image")]
    [InlineData("scribble-2d", """{"foreground": [[50, 38, 6]], "candidate": "2"}""", "not one of the 1 candidates")]
    [InlineData("scribble-2d", """{"candidate": "worst"}""", "params.candidate")]
    [InlineData("scribble-2d", """{"modality": "XA"}""", "params.modality: it must be one of automatic, CT")]
    [InlineData("scribble-2d", """{"result_dtype": "complex"}""", "uint8 or uint16")]
    [InlineData("scribble-2d", """{"result_extension": ".stl"}""", ".nrrd, .seg.nrrd, .nii.gz or .nii")]
    [InlineData("scribble-2d", "[1]", "params: it must be a JSON object")]
    [InlineData("scribble-2d", "{\"a\"", "params: it must be JSON")]
    public async Task A_wrong_value_is_named(string model, string parameters, string words)
    {
        var session = await server.NewSessionAsync();
        using var reply = await server.SendAsync(model, $"session_id={session}", parameters);
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.Contains(words, System.Text.Json.Nodes.JsonNode.Parse(await reply.Content.ReadAsStringAsync())!["detail"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_label_map_on_another_grid_is_refused()
    {
        var session = await server.NewSessionAsync();
        var volume = MonaiServer.EllipsoidVolume();
        var moved = new Imaging.Volumes.Volume(
            new Imaging.Geometry.VolumeGeometry(volume.Geometry.Size, volume.Geometry.Spacing, volume.Geometry.Direction, new Imaging.Geometry.LpsPoint(-29, 12, 700)),
            Imaging.Volumes.VoxelType.UInt8, Rescale.Identity, new byte[volume.Geometry.Size.VoxelCount]);
        using var reply = await server.SendAsync("scribble-2d:scribbles", $"session_id={session}", "{}", MonaiServer.ToNifti(moved));
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        Assert.Contains("grid of the image", await reply.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-such-model", HttpStatusCode.NotFound)]
    [InlineData("..%2Fscribble-2d", HttpStatusCode.NotFound)]
    public async Task An_unknown_model_is_refused(string model, HttpStatusCode status)
    {
        var session = await server.NewSessionAsync();
        using var reply = await server.Client.PostAsync($"/infer/{model}?session_id={session}", MonaiServer.Form("{}"));
        Assert.Equal(status, reply.StatusCode);
    }

    private static byte[] Labels(VoxelBox box, byte value, (VoxelBox Box, byte Value)? more = null)
    {
        var geometry = MonaiServer.EllipsoidVolume().Geometry;
        var labels = new byte[geometry.Size.VoxelCount];
        foreach (var (part, label) in more is { } second ? [(box, value), second] : ((VoxelBox, byte)[])[(box, value)])
        {
            var filled = new byte[part.VoxelCount];
            Array.Fill(filled, (byte)1);
            foreach (var voxel in BitBlock.FromVoxels(part, filled).Voxels)
            {
                labels[(((voxel.K * geometry.Size.J) + voxel.J) * geometry.Size.I) + voxel.I] = label;
            }
        }

        return MonaiServer.ToNifti(new Imaging.Volumes.Volume(geometry, Imaging.Volumes.VoxelType.UInt8, Rescale.Identity, labels));
    }

    private async Task<byte[]> MaskAsync(string session, string parameters)
    {
        var (_, mask) = await server.InferAsync("scribble-2d", session, parameters.Replace("{\"label\"", "{\"result_extension\": \".nrrd\", \"label\"", StringComparison.Ordinal));
        return mask.Data.ToArray();
    }

    private async Task<byte[]> TwinAsync(string session, Prompt prompt)
    {
        await server.Server.Sessions.Predict(new PredictRequest
        {
            SessionId = session, ModelId = "scribble-2d", SegmentId = "twin", Slice = new GridSlice { Axis = V1.Axis.K, Index = Ellipsoid.CentreK }, Prompts = { prompt },
        }).ResultAsync();
        var region = (await server.Server.Sessions.GetMaskAsync(new GetMaskRequest { SessionId = session, SegmentId = "twin" })).Mask;
        var mask = new byte[Ellipsoid.Size.VoxelCount];
        Ellipsoid.ToBlock(region).Crop(Ellipsoid.Size.Bounds).Unpack(mask);
        return mask;
    }

    private static Prompt Point(double i, double j, bool inside) => new()
    {
        Point = new PointPrompt { Polarity = inside ? Polarity.Positive : Polarity.Negative, Ijk = new V1.VoxelPoint { I = i, J = j, K = Ellipsoid.CentreK } },
    };
}
