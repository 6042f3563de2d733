using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using SegBridge.Cli.Bench.Report;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;
using SegBridge.Server.Hosting;

namespace SegBridge.Cli.Bench.Doors;

/// <summary>The same clicks through the door for MONAI Label's clients and through gRPC, in one server, taking turns.</summary>
internal static class MonaiDoorBench
{
    public static async Task<IReadOnlyList<BenchRow>> RunAsync(Volume volume, string models, int rounds, CancellationToken cancellationToken)
    {
        await using var server = await DoorBenchServer.StartAsync(DoorKind.MonaiLabel, volume, models, cancellationToken);
        var upload = await UploadAsync(server.Door, volume, cancellationToken);

        var (grpcMs, slicerMs, browserMs) = (new List<double>(), new List<double>(), new List<double>());
        var (size, chance, said) = (volume.Geometry.Size, new Random(1), new List<int[]>());
        var slice = new SlicePlane(Axis.K, size.K / 2);
        for (var round = -DoorBenchServer.WarmUp; round < rounds; round++)
        {
            int[] at = [chance.Next(size.I), chance.Next(size.J), slice.Index];
            said.Add(at);
            var click = new V1.PointPrompt { Polarity = V1.Polarity.Positive, Ijk = new V1.VoxelPoint { I = at[0], J = at[1], K = at[2] } };
            var step = await server.Session.PredictAsync("bench", [new V1.Prompt { Point = click }], slice, null, cancellationToken);
            var packed = await InferAsync(server.Door, upload, "gzip", said, compress: true, cancellationToken);
            var raw = await InferAsync(server.Door, upload, "raw", said, compress: false, cancellationToken);
            if (round >= 0)
            {
                grpcMs.Add(step.TotalMs);
                slicerMs.Add(packed);
                browserMs.Add(raw);
            }
        }

        return
        [
            BenchRow.Of("a click through gRPC", grpcMs, "ms"),
            BenchRow.Of("the same for MONAI Label in Slicer (whole mask, gzip)", slicerMs, "ms"),
            BenchRow.Of("the same for MONAI Label in OHIF (whole mask, raw)", browserMs, "ms"),
            BenchRow.Of("MONAI Label in Slicer / gRPC", [.. slicerMs.Zip(grpcMs, (slicer, grpc) => slicer / grpc)], "x"),
        ];
    }

    private static async Task<string> UploadAsync(HttpClient door, Volume volume, CancellationToken cancellationToken)
    {
        using var file = new MemoryStream();
        NiftiFile.Write(file, volume, compress: false);
        file.Position = 0;
        using var form = new MultipartFormDataContent { { new StreamContent(file), "files", "volume.nii" } };
        using var reply = await door.PutAsync("/session/", form, cancellationToken);
        using var made = JsonDocument.Parse(await reply.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken));
        return made.RootElement.GetProperty("session_id").GetString()!;
    }

    /// <summary>Milliseconds to the last byte of the mask. The client repeats all clicks so far, as the protocol has it.</summary>
    private static async Task<double> InferAsync(
        HttpClient door, string upload, string label, List<int[]> said, bool compress, CancellationToken cancellationToken)
    {
        var points = string.Join(",", said.Select(at => string.Create(CultureInfo.InvariantCulture, $"[{at[0]},{at[1]},{at[2]}]")));
        var parameters = new StringContent(
            $$"""{"label":"{{label}}","foreground":[{{points}}],"background":[],"result_extension":".nrrd","result_dtype":"uint8","result_compress":{{(compress ? "true" : "false")}}}""");
        parameters.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "params" };
        parameters.Headers.ContentType = null;
        using var form = new MultipartFormDataContent { parameters };
        var start = Stopwatch.GetTimestamp();
        using var reply = await door.PostAsync($"/infer/{DoorBenchServer.ModelId}?image=bench&session_id={upload}", form, cancellationToken);
        await reply.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(cancellationToken);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
