using System.Diagnostics;
using SegBridge.Cli.Bench.Clicks;
using SegBridge.Cli.Bench.Report;
using SegBridge.Cli.Client;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Cli.Bench.Scaling;

/// <summary>The same clicks by gRPC over HTTP/2 and by gRPC-Web over HTTP/1.1, in turns.</summary>
internal static class WebScale
{
    public static async Task<BenchSection> RunAsync(ScaleServer server, int rounds, CancellationToken cancellationToken)
    {
        var model = await server.SlicesModelAsync(cancellationToken);
        var volume = BenchVolume.Make(new VolumeSize(512, 512, 4));
        await using var session = await ClientSession.OpenAsync(
            server.Connection, volume, BrickShape.For([Axis.K]), null, model.Id, cancellationToken);
        using var web = new WebCall(server.Process.WebAddress);
        var (slice, chance) = (new SlicePlane(Axis.K, 1), new Random(1));
        V1.Prompt Click(int round) => ClickPrompt.At(chance.Next(512), chance.Next(512), slice.Index, round % 2 == 0);
        await session.PredictAsync("scale", [Click(0)], slice, null, cancellationToken);
        var (byGrpc, byWeb) = (new List<double>(), new List<double>());
        for (var round = -2; round < rounds; round++)
        {
            var grpc = await session.PredictAsync("scale", [Click(round)], slice, null, cancellationToken);
            var request = new V1.PredictRequest { SessionId = session.Id, SegmentId = "scale", Slice = slice.ToWire(), Prompts = { Click(round) } };
            var start = Stopwatch.GetTimestamp();
            await web.PredictAsync(request, cancellationToken);
            if (round >= 0)
            {
                byGrpc.Add(grpc.TotalMs);
                byWeb.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        return new BenchSection("A click by protocol",
        [
            BenchRow.Of("gRPC over HTTP/2", byGrpc, BenchRow.Ms),
            BenchRow.Of("gRPC-Web over HTTP/1.1", byWeb, BenchRow.Ms),
            BenchRow.Of("gRPC-Web / gRPC", [.. byWeb.Zip(byGrpc, (slow, fast) => slow / fast)], "x"),
        ]);
    }
}
