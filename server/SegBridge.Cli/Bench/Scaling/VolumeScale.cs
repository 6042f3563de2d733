using SegBridge.Cli.Bench.Clicks;
using SegBridge.Cli.Bench.Report;
using SegBridge.Cli.Client;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;

namespace SegBridge.Cli.Bench.Scaling;

/// <summary>A click on volumes of growing size, of which the server gets the bricks that it needs: it must not cost more.</summary>
internal static class VolumeScale
{
    private static readonly int[] Sides = [64, 128, 256, 512, 768];

    public static async Task<BenchSection> RunAsync(ScaleServer server, int rounds, CancellationToken cancellationToken)
    {
        var (slices, volumes) = (await server.SlicesModelAsync(cancellationToken), await server.VolumeModelAsync(cancellationToken));
        var (rows, threeD) = (new List<BenchRow>(), new List<BenchRow>());
        foreach (var side in Sides)
        {
            rows.Add(await ClicksAsync(server, slices.Id, side, is3D: false, rounds, cancellationToken));
            threeD.Add(await ClicksAsync(server, volumes.Id, side, is3D: true, Math.Max(5, rounds / 4), cancellationToken));
        }

        return new BenchSection(
            "A click by the size of its volume", [.. rows, .. threeD],
            "A slice of 768³ has 144 times the pixels of one of 64³; the 3D model's region is the same in all.");
    }

    private static async Task<BenchRow> ClicksAsync(
        ScaleServer server, string modelId, int side, bool is3D, int rounds, CancellationToken cancellationToken)
    {
        var volume = ScaleVolume.Cube(side);
        var inside = ScaleVolume.ObjectIn(volume.Geometry.Size);
        var slice = new SlicePlane(Axis.K, side / 2);
        await using var session = await ClientSession.OpenAsync(
            server.Connection, volume, is3D ? BrickShape.Cube : BrickShape.For([Axis.K]), null, modelId, cancellationToken, Modality.CT);
        Task<ClientStep> PredictAsync(V1.Prompt prompt) => session.PredictAsync("scale", [prompt], is3D ? null : slice, null, cancellationToken);

        // With the bricks, and once more to warm up.
        await PredictAsync(is3D ? new V1.Prompt { Box = new V1.BoxPrompt { Box = inside.ToWire() } } : ClickPrompt.At(side / 2, side / 2, side / 2, true));
        var (chance, times) = (new Random(side), new List<double>());
        for (var round = -1; round < rounds; round++)
        {
            var at = new Ijk(
                chance.Next(inside.Lower.I, inside.Upper.I), chance.Next(inside.Lower.J, inside.Upper.J),
                is3D ? chance.Next(inside.Lower.K, inside.Upper.K) : slice.Index);
            var step = await PredictAsync(ClickPrompt.At(at.I, at.J, at.K, round % 2 == 0));
            if (round >= 0)
            {
                times.Add(step.TotalMs);
            }
        }

        return BenchRow.Of($"{modelId} on {side}³", times, BenchRow.Ms);
    }
}
