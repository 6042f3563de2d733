using SegBridge.Cli.Bench.Report;
using SegBridge.Cli.Client;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Cli.Bench.Clicks;

/// <summary>
/// What an open volume costs the server's memory: several sessions, each with the bricks of one slice and a click on it,
/// beside what the process held before. What a garbage collector has not given back counts as well.
/// </summary>
internal static class OpenVolumeMemory
{
    private const int Sessions = 8;
    private const double MegaByte = 1 << 20;
    private static readonly VolumeSize Brick = new(64, 64, 4);

    public static async Task<BenchRow> RunAsync(
        ServerProcess server, ServerConnection connection, Volume volume, string modelId, CancellationToken cancellationToken)
    {
        var size = volume.Geometry.Size;
        var slice = new SlicePlane(Axis.K, size.K / 2);
        var (before, bricks) = (server.MemoryBytes, 0L);
        var open = new List<ClientSession>();
        try
        {
            for (var n = 0; n < Sessions; n++)
            {
                open.Add(await ClientSession.OpenAsync(connection, volume, Brick, null, modelId, cancellationToken));
                await open[n].PredictAsync("bench", [ClickPrompt.At(size.I / 2, size.J / 2, slice.Index, true)], slice, null, cancellationToken);
                bricks += open[n].Bricks.Sent * Brick.VoxelCount * volume.VoxelType.Bytes();
            }

            return BenchRow.Of(
                "server memory per open volume, besides bricks", [(server.MemoryBytes - before - bricks) / MegaByte / Sessions], "MB", new Budget(64));
        }
        finally
        {
            foreach (var session in open)
            {
                await session.DisposeAsync();
            }
        }
    }
}
