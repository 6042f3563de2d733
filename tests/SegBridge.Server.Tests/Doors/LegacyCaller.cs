using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using SegBridge.Server.Tests.Support;

namespace SegBridge.Server.Tests.Doors;

/// <summary>A client of nnInteractive's first protocol on the ellipsoid.</summary>
internal sealed class LegacyCaller(TestServer server, string user) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = server.Running.Doors[0].Address, Timeout = TimeSpan.FromMinutes(2) };

    public Task<HttpResponseMessage> UploadImageAsync() =>
        FormAsync("/upload_image", Npy("<i2", Ellipsoid.Size.K, Ellipsoid.Size.J, Ellipsoid.Size.I, Ellipsoid.Voxels(Ellipsoid.Size.Bounds)), null, claimsGzip: false);

    public Task<HttpResponseMessage> JsonAsync(string path, string json) =>
        _http.PostAsync(Address(path), new StringContent(json, Encoding.UTF8, "application/json"));

    public Task<HttpResponseMessage> PointAsync(int k, int j, int i) => JsonAsync("/add_point_interaction", $$"""{"voxel_coord":[{{k}},{{j}},{{i}}],"positive_click":true}""");

    /// <summary>The form that the extension sends; with the header that claims that all of it is inside gzip.</summary>
    public Task<HttpResponseMessage> FormAsync(string path, byte[] file, string? positive, bool claimsGzip = true)
    {
        var form = new MultipartFormDataContent("0f2c1a7be5d94e63a1b8c7d60f4e2a91");
        if (positive is not null)
        {
            form.Add(new StringContent(positive), "positive_click");
        }

        var part = new ByteArrayContent(file);
        part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        form.Add(part, "file", "volume.npy.gz");
        if (claimsGzip)
        {
            form.Headers.ContentEncoding.Add("gzip");
        }

        return _http.PostAsync(Address(path), form);
    }

    /// <summary>A mask of the volume's shape, in gzip: value where the test holds.</summary>
    public static byte[] Mask(byte value, Func<int, int, int, bool> isSet)
    {
        var size = Ellipsoid.Size;
        var voxels = new byte[size.VoxelCount];
        for (var n = 0; n < voxels.Length; n++)
        {
            voxels[n] = isSet(n / (size.I * size.J), n / size.I % size.J, n % size.I) ? value : (byte)0;
        }

        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(Npy("|u1", size.K, size.J, size.I, voxels));
        }

        return packed.ToArray();
    }

    public static byte[] Npy(string type, int k, int j, int i, byte[] data)
    {
        var header = $$"""{'descr': '{{type}}', 'fortran_order': False, 'shape': ({{k}}, {{j}}, {{i}}), }""".PadRight(117) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. data];
    }

    /// <summary>The mask of a reply: 1 for each voxel that is set, (k, j, i).</summary>
    public static async Task<Func<int, int, int, bool>> MaskOfAsync(Task<HttpResponseMessage> call)
    {
        using var reply = await call;
        Assert.Equal("gzip", reply.Content.Headers.ContentEncoding.Single());
        using var gzip = new GZipStream(await reply.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        var bits = new MemoryStream();
        await gzip.CopyToAsync(bits);
        var (size, packed) = (Ellipsoid.Size, bits.ToArray());
        Assert.Equal((size.VoxelCount + 7) / 8, packed.Length);
        return (k, j, i) =>
        {
            var n = (((k * size.J) + j) * size.I) + i;
            return (packed[n / 8] >> (7 - (n % 8)) & 1) != 0;
        };
    }

    /// <summary>What an error says; it comes with status 200.</summary>
    public static async Task<string> ErrorOfAsync(Task<HttpResponseMessage> call)
    {
        using var reply = await call;
        Assert.Equal(System.Net.HttpStatusCode.OK, reply.StatusCode);
        var json = JsonNode.Parse(await reply.Content.ReadAsStringAsync())!;
        Assert.Equal("error", (string)json["status"]!);
        return (string)json["message"]!;
    }

    public static async Task<string> TextOfAsync(Task<HttpResponseMessage> call)
    {
        using var reply = await call;
        return await reply.Content.ReadAsStringAsync();
    }

    public void Dispose() => _http.Dispose();

    private string Address(string path) => $"/u/{user}/m/scribble-2d{path}";
}
