using System.Diagnostics;
using SegBridge.Cli.Bench.Clicks;
using SegBridge.Cli.Bench.Report;
using SegBridge.Cli.Client;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Cli.Bench.Scaling;

/// <summary>Whole volumes sent brick by brick: packed by the client, sent over loopback, unpacked and checked by the server.</summary>
internal static class UploadScale
{
    private const int Rounds = 3;
    private static readonly VolumeSize Size = new(256, 256, 128);

    public static async Task<BenchSection> RunAsync(ScaleServer server, int rounds, CancellationToken cancellationToken)
    {
        var noise = new byte[2 * Size.VoxelCount];
        new Random(1).NextBytes(noise);
        var ct = BenchVolume.Make(Size);
        var rows = new List<BenchRow>();
        rows.AddRange(await SendAsync(server, "CT-like, 6 bits of noise", ct, cancellationToken));
        rows.AddRange(await SendAsync(server, "16 bits of noise", new Volume(ct.Geometry, VoxelType.Int16, Rescale.Identity, noise), cancellationToken));
        return new BenchSection("Bricks sent, 256×256×128 voxels of 16 bits", rows, "Client and server share the cores, as on a workstation.");
    }

    private static async Task<IEnumerable<BenchRow>> SendAsync(ScaleServer server, string what, Volume volume, CancellationToken cancellationToken)
    {
        var megaBytes = 2 * Size.VoxelCount / 1e6;
        var (rates, shares) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            await using var session = await ClientSession.OpenAsync(server.Connection, volume, BrickShape.Cube, null, null, cancellationToken);
            var grid = new BrickGrid(Size, BrickShape.Cube);
            var (start, up) = (Stopwatch.GetTimestamp(), server.Connection.Bytes.Up);
            await session.Bricks.SendAsync([.. grid.Covering(Size.Bounds)], cancellationToken);
            rates.Add(megaBytes / Stopwatch.GetElapsedTime(start).TotalSeconds);
            shares.Add((server.Connection.Bytes.Up - up) / 1e6 / megaBytes);
        }

        return [BenchRow.Of($"{what}: voxels", rates, "MB/s"), BenchRow.Of($"{what}: on the wire / voxels", shares, "x")];
    }
}
