using System.Net;
using System.Text.Json.Nodes;
using SegBridge.Imaging.Formats;
using SegBridge.Server.Tests.Support;

namespace SegBridge.Server.Tests.Doors.Monai;

/// <summary>What real clients of MONAI Label trip over.</summary>
[Collection(MonaiServerGroup.Name)]
public sealed class TrapTests(MonaiServer server)
{
    private const string Click = """{"label": "liver", "foreground": [[50, 38, 6]], "background": [], "result_extension": ".nrrd", "result_dtype": "uint8"}""";

    [Theory]
    [InlineData("")]
    [InlineData("&output=all")]
    [InlineData("&output=image")]
    [InlineData("&output=json")]
    public async Task Replies_have_a_length_for_in_chunks_the_framing_ends_up_in_the_image(string output)
    {
        var session = await server.NewSessionAsync();
        using var reply = await server.SendAsync("scribble-2d", $"image=volume&session_id={session}{output}", Click);
        Assert.Null(reply.Headers.TransferEncodingChunked);
        Assert.Equal((await reply.Content.ReadAsByteArrayAsync()).Length, reply.Content.Headers.ContentLength);
    }

    [Theory]
    [InlineData("scribble-2d", "{}")]
    [InlineData("tumour-3d", """{"label": "liver", "foreground": [], "background": [], "slice": null, "roi": []}""")]
    [InlineData("scribble-2d", null)]
    public async Task An_inference_without_prompts_brings_an_empty_mask_for_without_a_file_the_plug_in_crashes(string model, string? parameters)
    {
        var session = await server.NewSessionAsync();
        using var reply = await server.SendAsync(model, $"session_id={session}", parameters);
        var (told, name, file) = await MonaiServer.PartsOf(reply);
        Assert.Equal("result.nii.gz", name);
        Assert.False(NiftiFile.Read(new MemoryStream(file)).Data.Span.ContainsAnyExcept((byte)0));
        Assert.Single(told["label_names"]!.AsObject());
    }

    [Theory]
    [InlineData("dicom_seg", HttpStatusCode.NotImplemented, "output=image")]
    [InlineData("mesh", HttpStatusCode.BadRequest, "image, json or all")]
    public async Task What_cannot_be_sent_back_is_said_before_anything_is_read(string output, HttpStatusCode status, string words)
    {
        using var reply = await server.SendAsync("scribble-2d", $"image=no-such-image&output={output}", Click);
        Assert.Equal(status, reply.StatusCode);
        Assert.Contains(words, (string)JsonNode.Parse(await reply.Content.ReadAsStringAsync())!["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_inference_that_the_plug_in_starts_by_itself_names_no_model()
    {
        var session = await server.NewSessionAsync();
        using var reply = await server.Client.PostAsync($"/infer/?image=x&session_id={session}", MonaiServer.Form("{}"));
        var (told, _, _) = await MonaiServer.PartsOf(reply);
        Assert.Equal(1, (int)told["label_names"]!["object"]!);
    }

    [Fact]
    public async Task Info_has_no_config_at_its_top_for_that_locks_the_plug_in_out()
    {
        var info = await MonaiServer.JsonOf(await server.Client.GetAsync("/info/"));
        Assert.False(info.ContainsKey("config"));
        Assert.Empty(info["trainers"]!.AsObject());
        Assert.NotEmpty(info["strategies"]!.AsObject());
        Assert.Equal(["object"], info["labels"]!.AsArray().Select(label => (string)label!));
        var model = info["models"]!["tumour-3d"]!;
        Assert.Equal(("deepgrow", 3), ((string)model["type"]!, (int)model["dimension"]!));
        Assert.Equal(["best", "2", "3"], model["config"]!["candidate"]!.AsArray().Select(choice => (string)choice!));
        Assert.Equal("scribbles", (string)info["models"]!["tumour-3d:scribbles"]!["type"]!);
        Assert.Null(info["models"]!["scribble-2d"]!["config"]!["candidate"]);
    }

    [Theory]
    [InlineData("/train/?check_if_running=true")]
    [InlineData("/train/")]
    [InlineData("/batch/infer")]
    public async Task Nothing_trains_and_that_is_no_200(string path)
    {
        using var reply = await server.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        Assert.NotEmpty((string)JsonNode.Parse(await reply.Content.ReadAsStringAsync())!["detail"]!);
    }

    [Fact]
    public async Task Plus_signs_in_an_id_are_spaces()
    {
        await MonaiServer.JsonOf(await server.Client.PutAsync("/datastore/?image=CT+of+1+%2B+1", MonaiServer.Form("{}", ("file", "a.nii.gz", MonaiServer.Image))));
        var all = await MonaiServer.JsonOf(await server.Client.GetAsync("/datastore/?output=all"));
        Assert.True(all["objects"]!.AsObject().ContainsKey("CT of 1 + 1"));
        using var reply = await server.SendAsync("scribble-2d", "image=CT+of+1+%2B+1", Click);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
    }

    [Theory]
    [InlineData("/home/jürgen/My Data; name=x/tmpab12.nii.gz")]
    [InlineData("C:\\Users\\Zoë\\AppData\\Local\\Temp\\tmp7.nii.gz")]
    public async Task A_form_framed_as_the_plug_in_does_is_read_and_of_a_path_only_the_extension_is_kept(string path)
    {
        await MonaiServer.JsonOf(await server.Client.PutAsync("/datastore/?image=framed", MonaiServer.Form("{}", ("file", path, MonaiServer.Image))));
        using var reply = await server.Client.GetAsync("/datastore/image?image=framed");
        Assert.Equal(MonaiServer.Image, await reply.Content.ReadAsByteArrayAsync());
        Assert.Equal("attachment; filename=\"framed.nii.gz\"", reply.Content.Headers.GetValues("Content-Disposition").Single());
    }

    [Fact]
    public async Task Label_values_ascend_in_the_order_of_the_labels()
    {
        await using var other = await TestServer.StartAsync(MonaiServer.Options with { Monai = new() { Labels = ["spleen", "liver", "aorta"] } });
        using var client = MonaiServer.ClientOf(other);
        var info = await MonaiServer.JsonOf(await client.GetAsync("/info/"));
        Assert.Equal(["spleen", "liver", "aorta"], info["labels"]!.AsArray().Select(label => (string)label!));
        var labels = info["models"]!["scribble-2d"]!["labels"]!.AsObject();
        Assert.Equal([("spleen", 1), ("liver", 2), ("aorta", 3)], labels.Select(label => (label.Key, (int)label.Value!)));
    }

    [Fact]
    public async Task Masks_lie_where_the_image_lies_and_say_so_in_LPS()
    {
        var session = await server.NewSessionAsync();
        using var reply = await server.SendAsync("scribble-2d", $"session_id={session}&output=image", Click);
        var file = await reply.Content.ReadAsByteArrayAsync();
        Assert.Contains("space: left-posterior-superior\n", System.Text.Encoding.Latin1.GetString(file, 0, 400), StringComparison.Ordinal);
        Assert.Contains("encoding: gzip\n", System.Text.Encoding.Latin1.GetString(file, 0, 400), StringComparison.Ordinal);
        Assert.True(NrrdFile.Read(new MemoryStream(file)).Geometry.IsSameGridAs(MonaiServer.EllipsoidVolume().Geometry));
    }

    [Fact]
    public async Task A_browser_gets_raw_voxels_of_the_width_it_asked_for()
    {
        var session = await server.NewSessionAsync();
        foreach (var (type, bytes) in ((string, int)[])[("uint8", 1), ("uint16", 2)])
        {
            using var reply = await server.SendAsync(
                "scribble-2d", $"session_id={session}&output=image",
                $$"""{"foreground": [[50, 38, 6]], "result_extension": ".nrrd", "result_dtype": "{{type}}", "result_compress": false, "restore_label_idx": false}""");
            var file = await reply.Content.ReadAsByteArrayAsync();
            var header = file.AsSpan().IndexOf("\n\n"u8) + 2;
            Assert.Equal(Ellipsoid.Size.VoxelCount * bytes, file.Length - header);
            Assert.Contains((byte)1, file[header..]);
        }
    }

    // The plug-in's reader of forms is gone from Python 3.13: whatever takes its place is stricter.
    [Fact]
    public async Task A_strict_reader_of_forms_gets_the_whole_mask()
    {
        var session = await server.NewSessionAsync();
        var (told, mask) = await server.InferAsync("scribble-2d", session, Click);
        Assert.Equal(1, (int)told["label_names"]!["liver"]!);
        Assert.Equal(Ellipsoid.Size, mask.Geometry.Size);
        Assert.True(mask.Data.Span.Contains((byte)1) && !mask.Data.Span.ContainsAnyExceptInRange((byte)0, (byte)1));
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../../../../etc/passwd")]
    [InlineData("..%2F..%2Fetc%2Fpasswd")]
    [InlineData("file:///etc/passwd")]
    public async Task An_id_is_never_a_path(string id)
    {
        foreach (var path in (string[])[$"/datastore/image?image={id}", $"/datastore/label?label={id}&tag=final", $"/datastore/label?label=x&tag={id}"])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await server.Client.GetAsync(path)).StatusCode);
        }

        using var infer = await server.SendAsync("scribble-2d", $"image={id}", Click);
        Assert.Equal(HttpStatusCode.NotFound, infer.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Client.GetAsync($"/session/{id}")).StatusCode);
    }
}
