using SegBridge.Cli.Bench.Clicks;
using SegBridge.Cli.Bench.Report;
using SegBridge.Cli.Client;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Cli.Bench.Scaling;

/// <summary>What a server holds while volumes are open, and after they were closed: again and again, so that a leak shows.</summary>
internal static class MemoryScale
{
    private const int Rounds = 6;
    private const int Volumes = 8;
    private const double MegaByte = 1 << 20;

    public static async Task<BenchSection> RunAsync(ScaleServer server, int rounds, CancellationToken cancellationToken)
    {
        var model = await server.VolumeModelAsync(cancellationToken);
        var volume = BenchVolume.Make(new VolumeSize(256, 256, 128));
        var box = new V1.Prompt { Box = new V1.BoxPrompt { Box = BenchVolume.BallIn(volume.Geometry.Size).ToWire() } };
        BenchRow Held(string when) => BenchRow.Of(when, [server.Process.MemoryBytes / MegaByte], "MB");
        List<BenchRow> rows = [Held("nothing open yet")];
        for (var round = 1; round <= Rounds; round++)
        {
            var sessions = new List<ClientSession>();
            for (var n = 0; n < Volumes; n++)
            {
                sessions.Add(await ClientSession.OpenAsync(server.Connection, volume, BrickShape.Cube, null, model.Id, cancellationToken));
                await sessions[n].PredictAsync("scale", [box], null, null, cancellationToken);
            }

            var bricks = sessions.Sum(session => session.Bricks.Sent * BrickShape.Cube.VoxelCount * 2) / MegaByte;
            rows.Add(Held($"{Volumes} volumes open, round {round}, {bricks:0} MB of bricks among it"));
            foreach (var session in sessions)
            {
                await session.DisposeAsync();
            }

            rows.Add(Held($"all closed, round {round}"));
        }

        return new BenchSection("Memory of a server with a 3D model", rows, "The process as the system sees it: a garbage collector gives memory back late.");
    }
}
