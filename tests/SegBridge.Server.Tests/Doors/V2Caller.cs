using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using SegBridge.Compression;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Server.Hosting;
using SegBridge.Server.Tests.Support;

namespace SegBridge.Server.Tests.Doors;

/// <summary>A client of nnInteractive's second protocol on the ellipsoid.</summary>
internal sealed class V2Caller(TestServer server, string prefix = "/m/scribble-2d") : IDisposable
{
    public static ServerOptions Options { get; } = TestServer.Options with { Doors = [new DoorSettings(DoorKind.NnInteractive, 0)] };

    public HttpClient Http { get; } = new() { BaseAddress = server.Running.Doors[0].Address, Timeout = TimeSpan.FromMinutes(2) };

    public string? Lease { get; set; }

    public string? Key { get; init; }

    /// <summary>The client's own mask, as the replies made it.</summary>
    public VolumeMask Buffer { get; } = new(Ellipsoid.Size);

    public async Task<V2Caller> InitializeAsync()
    {
        Lease = (string)(await JsonAsync("POST", "/claim"))["lease_token"]!;
        await ArrayAsync("/set_image", Nnia("int16", [1, Ellipsoid.Size.K, Ellipsoid.Size.J, Ellipsoid.Size.I], Ellipsoid.Voxels(Ellipsoid.Size.Bounds)), """{"image_properties":{"spacing":[2.5,0.8,0.8]}}""");
        return this;
    }

    public Task<JsonNode> PointAsync(int k, int j, int i, bool include = true, bool run = true) => PromptAsync(
        "/add_point_interaction", $$"""{"coordinates":[{{k}},{{j}},{{i}}],"include_interaction":{{Text(include)}},"run_prediction":{{Text(run)}},"override_capability_checks":false}""");

    /// <summary>Sends a prompt and applies the reply; answers its X-Meta.</summary>
    public async Task<JsonNode> PromptAsync(string path, string json) =>
        await ApplyAsync(await SendAsync("POST", path, new StringContent(json, Encoding.UTF8, "application/json")));

    public async Task<JsonNode> ApplyAsync(HttpResponseMessage reply)
    {
        Assert.Equal(System.Net.HttpStatusCode.OK, reply.StatusCode);
        var meta = JsonNode.Parse(reply.Headers.GetValues("X-Meta").Single())!;
        if (meta["bbox"] is JsonArray box)
        {
            int At(int axis, int end) => (int)box[axis]![end]!;
            var region = new VoxelBox(new Ijk(At(2, 0), At(1, 0), At(0, 0)), new Ijk(At(2, 1), At(1, 1), At(0, 1)));
            Buffer.Replace(BitBlock.FromVoxels(region, Voxels(await reply.Content.ReadAsByteArrayAsync())));
        }

        return meta;
    }

    public Task<HttpResponseMessage> ArrayAsync(string path, byte[] body, string meta)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return SendAsync("POST", path, content, meta);
    }

    public async Task<JsonNode> JsonAsync(string method, string path, string? json = null)
    {
        var reply = await SendAsync(method, path, json is null ? null : new StringContent(json, Encoding.UTF8, "application/json"));
        Assert.Equal(System.Net.HttpStatusCode.OK, reply.StatusCode);
        return JsonNode.Parse(await reply.Content.ReadAsStringAsync())!;
    }

    /// <summary>The status of a call that fails, and what it says.</summary>
    public static async Task<(int Status, string Detail)> RefusalAsync(Task<HttpResponseMessage> call)
    {
        using var reply = await call;
        return ((int)reply.StatusCode, (string)JsonNode.Parse(await reply.Content.ReadAsStringAsync())!["detail"]!);
    }

    public Task<HttpResponseMessage> SendAsync(string method, string path, HttpContent? content = null, string? meta = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), prefix + path) { Content = content };
        if (Lease is not null)
        {
            request.Headers.Add("X-Lease-Token", Lease);
        }

        if (Key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        }

        if (meta is not null)
        {
            request.Headers.Add("X-Meta", meta);
        }

        return Http.SendAsync(request);
    }

    public static byte[] Nnia(string type, long[] shape, byte[] data)
    {
        var body = new MemoryStream();
        using var writer = new BinaryWriter(body);
        writer.Write("NNIA"u8);
        writer.Write([1, 1, (byte)shape.Length, (byte)type.Length]);
        writer.Write(Encoding.ASCII.GetBytes(type));
        foreach (var side in shape)
        {
            writer.Write(side);
        }

        var chunk = Blosc2Chunk.Encode(data);
        writer.Write(data.Length == 0 ? 0u : 1u);
        if (data.Length > 0)
        {
            writer.Write((ulong)data.Length);
            writer.Write((ulong)chunk.Length);
            writer.Write(chunk);
        }

        return body.ToArray();
    }

    // Three axes of uint8 in one chunk: what the door sends.
    public static byte[] Voxels(byte[] nnia)
    {
        const int ChunkAt = 8 + 5 + 24 + 4 + 16;
        var voxels = new byte[Blosc2Chunk.DecodedBytes(nnia.AsSpan(ChunkAt))];
        Blosc2Chunk.Decode(nnia.AsSpan(ChunkAt), voxels);
        return voxels;
    }

    public void Dispose() => Http.Dispose();

    private static string Text(bool truth) => truth ? "true" : "false";
}
