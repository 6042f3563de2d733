using System.Net;
using System.Text;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Server.Doors.Monai;
using SegBridge.Server.Tests.Support;
using SegBridge.Sessions.Errors;

namespace SegBridge.Server.Tests.Doors.Monai;

/// <summary>Damaged bodies. SEGBRIDGE_FUZZ_BODIES says how many of each kind; a few in the suite.</summary>
public sealed class FuzzTests
{
    private const int InParallel = 4;
    private const string Params = """{"label": "liver", "foreground": [[4, 3, 2]], "background": [[1, 1, 1]], "slice": 2, "roi": [1, 6, 5, 2, 0, 3], "candidate": "best", "modality": "CT", "label_info": [{"name": "liver", "id": 1}, {"name": "foreground_scribbles", "id": 3}], "result_extension": ".nrrd", "result_dtype": "uint8"}""";
    private static readonly VolumeSize Size = new(8, 6, 4);

    private static int Count(int usual) => int.TryParse(Environment.GetEnvironmentVariable("SEGBRIDGE_FUZZ_BODIES"), out var count) ? count : usual;

    [Fact]
    public void Damaged_parameters_are_read_or_refused()
    {
        var random = new Random(5);
        var refused = 0;
        for (var n = 0; n < Count(20_000); n++)
        {
            try
            {
                InferParams.Parse(Encoding.UTF8.GetString(Damage(Encoding.UTF8.GetBytes(Params), random)), ["liver", "tumour"]);
            }
            catch (InvalidRequestException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, int.MaxValue);
    }

    [Fact]
    public void Damaged_label_maps_are_read_or_refused_and_take_no_more_memory_than_the_image_allows()
    {
        var random = new Random(6);
        var image = VolumeGeometry.AxisAligned(Size, new Spacing(1, 1, 1));
        var map = Labels();
        var most = 0L;
        for (var n = 0; n < Count(3000); n++)
        {
            var file = new UploadedFile(random.Next(20) == 0 ? ".bin" : ".nii.gz", Damage(map, random));
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                ScribbleMap.Of(file.ReadLabels(image), image, null, "liver");
            }
            catch (Exception refused) when (refused is VolumeFormatException or InvalidRequestException or GeometryException)
            {
            }

            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.InRange(most, 1, 4 << 20);
    }

    [Fact]
    public async Task Damaged_bodies_each_get_a_status_and_none_surprises_the_server()
    {
        using var log = new LogText();
        await using var server = await TestServer.StartAsync(MonaiServer.Options with
        {
            Log = new Hosting.LogSettings { Level = Microsoft.Extensions.Logging.LogLevel.Error, Output = log },
        });
        using var client = MonaiServer.ClientOf(server);
        var image = MonaiServer.ToNifti(new Imaging.Volumes.Volume(
            VolumeGeometry.AxisAligned(Size, new Spacing(1, 1, 1)), Imaging.Volumes.VoxelType.UInt8, Imaging.Volumes.Rescale.Identity, new byte[Size.VoxelCount]));
        await MonaiServer.JsonOf(await client.PutAsync("/datastore/?image=a", MonaiServer.Form(null, ("file", "a.nii.gz", image))));
        (HttpMethod Method, string Path, byte[] Body)[] calls =
        [
            (HttpMethod.Put, "/session/", await BodyOf(MonaiServer.Form("{}", ("files", "/tmp/a.nii.gz", image)))),
            (HttpMethod.Put, "/datastore/?image=b", await BodyOf(MonaiServer.Form("{}", ("file", "/tmp/a.nii.gz", image)))),
            (HttpMethod.Put, "/datastore/label?image=a", await BodyOf(MonaiServer.Form("{}", ("label", "/tmp/a.nii.gz", image)))),
            (HttpMethod.Put, "/datastore/image/info?image=a", await BodyOf(MonaiServer.Form("{\"a\": 1}"))),
            (HttpMethod.Post, "/auth/token", Encoding.ASCII.GetBytes("username=a&password=b&grant_type=password")),
            (HttpMethod.Post, "/infer/scribble-2d?image=a", await BodyOf(MonaiServer.Form(Params))),
            (HttpMethod.Post, "/infer/scribble-2d:scribbles?image=a", await BodyOf(MonaiServer.Form(Params, ("label", "/tmp/l.nii.gz", Labels())))),
        ];
        var random = new Random(7);
        // A whole prediction takes as long as many refusals.
        var work = Enumerable.Range(0, Count(1500)).Select(n => calls[n % 10 < 9 ? random.Next(5) : 5 + random.Next(2)])
            .Select(call => (call.Method, call.Path, Body: Damage(call.Body, random), Boundary: random.Next(10) > 0 ? MonaiServer.SlicerBoundary : "other"));
        var surprises = new System.Collections.Concurrent.ConcurrentBag<string>();
        await Parallel.ForEachAsync(work, new ParallelOptions { MaxDegreeOfParallelism = InParallel }, async (call, _) =>
        {
            using var request = new HttpRequestMessage(call.Method, call.Path) { Content = new ByteArrayContent(call.Body) };
            request.Content.Headers.TryAddWithoutValidation(
                "Content-Type", call.Path == "/auth/token" ? "application/x-www-form-urlencoded" : $"multipart/form-data; boundary={call.Boundary}");
            using var reply = await client.SendAsync(request, CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(1), CancellationToken.None);
            if (reply.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.Conflict or HttpStatusCode.RequestEntityTooLarge))
            {
                surprises.Add($"{call.Path}: {(int)reply.StatusCode} {await reply.Content.ReadAsStringAsync(CancellationToken.None)}");
            }
        });

        Assert.Empty(surprises);
        Assert.Equal("", log.ToString());
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/info/")).StatusCode);
    }

    private static byte[] Labels()
    {
        var voxels = new byte[Size.VoxelCount];
        (voxels[60], voxels[61], voxels[20], voxels[100]) = (3, 3, 2, 1);
        return MonaiServer.ToNifti(new Imaging.Volumes.Volume(
            VolumeGeometry.AxisAligned(Size, new Spacing(1, 1, 1)), Imaging.Volumes.VoxelType.UInt8, Imaging.Volumes.Rescale.Identity, voxels));
    }

    private static async Task<byte[]> BodyOf(HttpContent form)
    {
        using (form)
        {
            return await form.ReadAsByteArrayAsync();
        }
    }

    private static byte[] Damage(byte[] body, Random random)
    {
        var damaged = body.ToList();
        for (var n = random.Next(1, 5); n > 0; n--)
        {
            var at = random.Next(damaged.Count);
            switch (random.Next(7))
            {
                case 0:
                    damaged[at] = (byte)random.Next(256);
                    break;
                case 1:
                    damaged[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    damaged.Insert(at, (byte)random.Next(256));
                    break;
                case 3:
                    damaged.RemoveAt(at);
                    break;
                case 4:
                    damaged.RemoveRange(at, Math.Min(random.Next(30), damaged.Count - at));
                    break;
                case 5:
                    damaged.InsertRange(at, damaged.GetRange(at, Math.Min(random.Next(30), damaged.Count - at)));
                    break;
                default:
                    // Digits make sizes and counts.
                    var digit = damaged.FindIndex(at, one => one is >= (byte)'0' and <= (byte)'9');
                    damaged[Math.Max(0, digit)] = (byte)('0' + random.Next(10));
                    break;
            }

            if (damaged.Count == 0)
            {
                damaged.Add(0);
            }
        }

        return [.. damaged];
    }
}
