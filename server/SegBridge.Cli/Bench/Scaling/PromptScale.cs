using SegBridge.Cli.Bench.Clicks;
using SegBridge.Cli.Bench.Report;
using SegBridge.Cli.Client;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Cli.Bench.Scaling;

/// <summary>A scribble by the number of its voxels, each on a slice that has no other.</summary>
internal static class PromptScale
{
    private const int Side = 512;
    private static readonly int[] Lengths = [1, 10, 100, 1000, 10_000];

    public static async Task<BenchSection> RunAsync(ScaleServer server, int rounds, CancellationToken cancellationToken)
    {
        var model = await server.SlicesModelAsync(cancellationToken);
        var volume = BenchVolume.Make(new VolumeSize(Side, Side, 4));
        await using var session = await ClientSession.OpenAsync(
            server.Connection, volume, BrickShape.For([Axis.K]), null, model.Id, cancellationToken);
        var (slice, rows) = (new SlicePlane(Axis.K, 1), new List<BenchRow>());
        foreach (var length in Lengths)
        {
            var (times, bytes, reset) = (new List<double>(), new List<double>(), new V1.HistoryRequest { SessionId = session.Id, SegmentId = "scale" });
            for (var round = -1; round < rounds; round++)
            {
                var step = await session.PredictAsync(
                    "scale", [ClickPrompt.Stroke(volume.Geometry.Size, slice.Index, length)], slice, null, cancellationToken);
                await server.Connection.Sessions.ResetAsync(reset, cancellationToken: cancellationToken);
                if (round >= 0)
                {
                    times.Add(step.TotalMs);
                    bytes.Add(step.BytesUp);
                }
            }

            rows.Add(BenchRow.Of($"{length:N0} voxels, to the mask", times, BenchRow.Ms));
            rows.Add(BenchRow.Of($"{length:N0} voxels, up", bytes, "B"));
        }

        return new BenchSection("A scribble by its length", rows);
    }
}
