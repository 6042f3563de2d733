using System.Diagnostics;
using SegBridge.Cli.Bench.Clicks;
using SegBridge.Cli.Bench.Report;
using SegBridge.Cli.Client;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Cli.Bench.Scaling;

/// <summary>Readers who all click as fast as they get their masks: how long they wait, and whether all wait alike.</summary>
internal static class SessionScale
{
    private static readonly int[] Readers = [1, 4, 16, 64];

    public static async Task<BenchSection> RunAsync(ScaleServer server, int rounds, CancellationToken cancellationToken)
    {
        var model = await server.SlicesModelAsync(cancellationToken);
        var (volume, rows) = (BenchVolume.Make(new VolumeSize(256, 256, 4)), new List<BenchRow>());
        foreach (var readers in Readers)
        {
            var sessions = new List<ClientSession>();
            for (var n = 0; n < readers; n++)
            {
                sessions.Add(await ClientSession.OpenAsync(
                    server.Connection, volume, BrickShape.For([Axis.K]), null, model.Id, cancellationToken));
                await ClickAsync(sessions[n], volume, new Random(n), cancellationToken);
            }

            var start = Stopwatch.GetTimestamp();
            var all = await Task.WhenAll(sessions.Select((session, n) => ReadAsync(session, volume, n, Math.Max(3, rounds / 4), cancellationToken)));
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            rows.AddRange(RowsOf(readers, all, seconds));
            foreach (var session in sessions)
            {
                await session.DisposeAsync();
            }
        }

        return new BenchSection("Sessions at once", rows, "Fairness: the mean wait of the session that waited longest over that of the one that waited least.");
    }

    private static IEnumerable<BenchRow> RowsOf(int readers, double[][] all, double seconds)
    {
        var sorted = all.SelectMany(waits => waits).Order().ToArray();
        BenchRow At(int percent) =>
            BenchRow.Of($"{readers} sessions: a click, {percent} % wait less", [sorted[Math.Min(sorted.Length - 1, sorted.Length * percent / 100)]], BenchRow.Ms);
        var means = all.Select(waits => waits.Average()).ToArray();
        return
        [
            At(50), At(95), At(99),
            BenchRow.Of($"{readers} sessions: masks", [sorted.Length / seconds], "1/s"),
            BenchRow.Of($"{readers} sessions: fairness", [means.Max() / means.Min()], "x"),
        ];
    }

    private static async Task<double[]> ReadAsync(ClientSession session, Volume volume, int reader, int clicks, CancellationToken cancellationToken)
    {
        var (chance, waits) = (new Random(reader), new double[clicks]);
        for (var n = 0; n < clicks; n++)
        {
            waits[n] = await ClickAsync(session, volume, chance, cancellationToken);
        }

        return waits;
    }

    private static async Task<double> ClickAsync(ClientSession session, Volume volume, Random chance, CancellationToken cancellationToken)
    {
        var size = volume.Geometry.Size;
        var step = await session.PredictAsync(
            "scale", [ClickPrompt.At(chance.Next(size.I), chance.Next(size.J), 1, true)], new SlicePlane(Axis.K, 1), null, cancellationToken);
        return step.TotalMs;
    }
}
