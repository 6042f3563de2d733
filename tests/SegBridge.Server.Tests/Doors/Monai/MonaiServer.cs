using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;
using SegBridge.Server.Hosting;
using SegBridge.Server.Tests.Support;

namespace SegBridge.Server.Tests.Doors.Monai;

/// <summary>A server with the door for MONAI Label's clients open, and the calls of these.</summary>
public sealed class MonaiServer : IAsyncLifetime
{
    /// <summary>As Slicer's plug-in frames its forms.</summary>
    public const string SlicerBoundary = "----------lImIt_of_THE_fIle_eW_$";

    internal TestServer Server { get; private set; } = null!;

    internal HttpClient Client { get; private set; } = null!;

    internal static ServerOptions Options { get; } = TestServer.Options with
    {
        Doors = [new DoorSettings(DoorKind.MonaiLabel, 0)],
        Limits = new LimitSettings { CallsPerSecond = null },
    };

    /// <summary>The ellipsoid as a file.</summary>
    internal static byte[] Image { get; } = ToNifti(EllipsoidVolume());

    public async Task InitializeAsync()
    {
        Server = await TestServer.StartAsync(Options);
        Client = ClientOf(Server);
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }

    internal static HttpClient ClientOf(TestServer server) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = server.Running.Doors[0].Address };

    internal static Volume EllipsoidVolume() => new(
        new VolumeGeometry(Ellipsoid.Size, new Spacing(0.8, 0.8, 2.5), Direction.Identity, new LpsPoint(-30, 12, 700)),
        VoxelType.Int16, new Rescale(1, -1024), Ellipsoid.Voxels(Ellipsoid.Size.Bounds));

    internal static byte[] ToNifti(Volume volume)
    {
        using var stream = new MemoryStream();
        NiftiFile.Write(stream, volume);
        return stream.ToArray();
    }

    /// <summary>A form as Slicer's plug-in writes it: fields without a type, files under the path that they have there.</summary>
    internal static HttpContent Form(string? parameters = null, params (string Part, string Path, byte[] Content)[] files)
    {
        using var body = new MemoryStream();
        void Write(string text) => body.Write(Encoding.UTF8.GetBytes(text));
        if (parameters is not null)
        {
            Write($"--{SlicerBoundary}\r\nContent-Disposition: form-data; name=\"params\"\r\n\r\n{parameters}\r\n");
        }

        foreach (var (part, path, content) in files)
        {
            Write($"--{SlicerBoundary}\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"{path}\"\r\nContent-Type: application/octet-stream\r\n\r\n");
            body.Write(content);
            Write("\r\n");
        }

        Write($"--{SlicerBoundary}--\r\n\r\n");
        var form = new ByteArrayContent(body.ToArray());
        form.Headers.TryAddWithoutValidation("Content-Type", $"multipart/form-data; boundary={SlicerBoundary}");
        return form;
    }

    internal async Task<string> NewSessionAsync(byte[]? image = null)
    {
        using var reply = await Client.PutAsync("/session/", Form(null, ("files", "/tmp/volume.nii.gz", image ?? Image)));
        return (string)(await JsonOf(reply))["session_id"]!;
    }

    /// <summary>A mask by way of the plug-in for Slicer.</summary>
    internal async Task<(JsonObject Params, Volume Mask)> InferAsync(string model, string session, string parameters, byte[]? label = null)
    {
        using var reply = await SendAsync(model, $"image=volume&session_id={session}", parameters, label);
        Assert.True(reply.StatusCode == HttpStatusCode.OK, await reply.Content.ReadAsStringAsync());
        var (told, name, file) = await PartsOf(reply);
        Assert.Equal("result.nrrd", name);
        return (told, NrrdFile.Read(new MemoryStream(file)));
    }

    internal Task<HttpResponseMessage> SendAsync(string model, string query, string? parameters, byte[]? label = null) => Client.PostAsync(
        $"/infer/{Uri.EscapeDataString(model)}?{query}", Form(parameters, label is null ? [] : [("label", "C:\\Users\\Jörg\\scribbles.nii.gz", label)]));

    internal static async Task<JsonObject> JsonOf(HttpResponseMessage reply)
    {
        var text = await reply.Content.ReadAsStringAsync();
        Assert.True(reply.StatusCode == HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!.AsObject();
    }

    /// <summary>The two parts of an inference's reply, as a strict reader finds them.</summary>
    internal static async Task<(JsonObject Params, string Name, byte[] File)> PartsOf(HttpResponseMessage reply)
    {
        var boundary = reply.Content.Headers.ContentType!.Parameters.Single(parameter => parameter.Name == "boundary").Value!;
        Assert.DoesNotContain('"', boundary);
        var reader = new Microsoft.AspNetCore.WebUtilities.MultipartReader(boundary, await reply.Content.ReadAsStreamAsync());
        var first = (await reader.ReadNextSectionAsync())!;
        Assert.Equal("application/json", first.ContentType);
        Assert.Equal("form-data; name=\"params\"", first.ContentDisposition);
        var told = (await JsonNode.ParseAsync(first.Body))!.AsObject();
        var second = (await reader.ReadNextSectionAsync())!;
        var disposition = ContentDispositionHeaderValue.Parse(second.ContentDisposition!);
        Assert.Equal("image", disposition.Name?.Trim('"'));
        using var file = new MemoryStream();
        await second.Body.CopyToAsync(file);
        Assert.Null(await reader.ReadNextSectionAsync());
        return (told, disposition.FileName!.Trim('"'), file.ToArray());
    }
}

[CollectionDefinition(Name)]
public sealed class MonaiServerGroup : ICollectionFixture<MonaiServer>
{
    public const string Name = "MONAI Label door";
}
