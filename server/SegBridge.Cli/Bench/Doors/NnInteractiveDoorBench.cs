using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using SegBridge.Cli.Bench.Report;
using SegBridge.Compression;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;
using SegBridge.Server.Hosting;

namespace SegBridge.Cli.Bench.Doors;

/// <summary>The same clicks through gRPC and through both protocols of the door for nnInteractive's clients, in one server, taking turns.</summary>
internal static class NnInteractiveDoorBench
{
    public static async Task<IReadOnlyList<BenchRow>> RunAsync(Volume volume, string models, int rounds, CancellationToken cancellationToken)
    {
        await using var server = await DoorBenchServer.StartAsync(DoorKind.NnInteractive, volume, models, cancellationToken);
        var lease = await OpenSecondAsync(server.Door, volume, cancellationToken);
        await OpenFirstAsync(server.Door, volume, cancellationToken);

        var (grpcMs, secondMs, firstMs) = (new List<double>(), new List<double>(), new List<double>());
        var (size, chance) = (volume.Geometry.Size, new Random(1));
        var slice = new SlicePlane(Axis.K, size.K / 2);
        for (var round = -DoorBenchServer.WarmUp; round < rounds; round++)
        {
            var (i, j, isPositive) = (chance.Next(size.I), chance.Next(size.J), round % 2 == 0);
            var click = new V1.PointPrompt { Polarity = isPositive ? V1.Polarity.Positive : V1.Polarity.Negative, Ijk = new V1.VoxelPoint { I = i, J = j, K = slice.Index } };
            var step = await server.Session.PredictAsync("bench", [new V1.Prompt { Point = click }], slice, null, cancellationToken);
            var (at, truth) = ($"[{slice.Index},{j},{i}]", isPositive ? "true" : "false");
            var second = await ClickAsync(server.Door, "", $$"""{"coordinates":{{at}},"include_interaction":{{truth}}}""", lease, cancellationToken);
            var first = await ClickAsync(server.Door, "/u/bench", $$"""{"voxel_coord":{{at}},"positive_click":{{truth}}}""", null, cancellationToken);
            if (round >= 0)
            {
                grpcMs.Add(step.TotalMs);
                secondMs.Add(second);
                firstMs.Add(first);
            }
        }

        return
        [
            BenchRow.Of("a click through gRPC", grpcMs, "ms"),
            BenchRow.Of("the same for nnInteractive (what changed, Blosc2)", secondMs, "ms"),
            BenchRow.Of("the same for nnInteractive before 1.0 (whole mask, gzip)", firstMs, "ms"),
            BenchRow.Of("nnInteractive / gRPC", [.. secondMs.Zip(grpcMs, (door, grpc) => door / grpc)], "x"),
            BenchRow.Of("nnInteractive before 1.0 / gRPC", [.. firstMs.Zip(grpcMs, (door, grpc) => door / grpc)], "x"),
        ];
    }

    private static async Task<string> OpenSecondAsync(HttpClient door, Volume volume, CancellationToken cancellationToken)
    {
        using var claimed = await door.PostAsync("/claim", null, cancellationToken);
        using var json = JsonDocument.Parse(await claimed.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken));
        var lease = json.RootElement.GetProperty("lease_token").GetString()!;

        using var body = new MemoryStream();
        using var writer = new BinaryWriter(body);
        var size = volume.Geometry.Size;
        writer.Write("NNIA\u0001\u0001\u0004\u0005int16"u8);
        foreach (var side in (long[])[1, size.K, size.J, size.I])
        {
            writer.Write(side);
        }

        var chunk = Blosc2Chunk.Encode(volume.Data.Span);
        writer.Write(1);
        writer.Write((ulong)volume.Data.Length);
        writer.Write((ulong)chunk.Length);
        writer.Write(chunk);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/m/{DoorBenchServer.ModelId}/set_image") { Content = Octets(body.ToArray()) };
        request.Headers.Add("X-Lease-Token", lease);
        var spacing = volume.Geometry.Spacing;
        request.Headers.Add("X-Meta", FormattableString.Invariant($"{{\"image_properties\":{{\"spacing\":[{spacing.K},{spacing.J},{spacing.I}]}}}}"));
        using var reply = await door.SendAsync(request, cancellationToken);
        reply.EnsureSuccessStatusCode();
        return lease;
    }

    private static async Task OpenFirstAsync(HttpClient door, Volume volume, CancellationToken cancellationToken)
    {
        var size = volume.Geometry.Size;
        var header = $"{{'descr': '<i2', 'fortran_order': False, 'shape': ({size.K}, {size.J}, {size.I}), }}".PadRight(117) + "\n";
        byte[] file = [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. volume.Data.Span];
        using var form = new MultipartFormDataContent { { Octets(file), "file", "volume.npy" } };
        using var reply = await door.PostAsync($"/u/bench/m/{DoorBenchServer.ModelId}/upload_image", form, cancellationToken);
        reply.EnsureSuccessStatusCode();
    }

    private static async Task<double> ClickAsync(HttpClient door, string prefix, string json, string? lease, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{prefix}/add_point_interaction") { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        if (lease is not null)
        {
            request.Headers.Add("X-Lease-Token", lease);
        }

        var start = Stopwatch.GetTimestamp();
        using var reply = await door.SendAsync(request, cancellationToken);
        await reply.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(cancellationToken);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static ByteArrayContent Octets(byte[] bytes)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return content;
    }
}
