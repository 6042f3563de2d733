using SegBridge.Cli.Bench.Report;
using SegBridge.Cli.Client;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Cli.Bench.Clicks;

/// <summary>What a scribble across half a slice costs on the wire.</summary>
internal static class StrokeBytes
{
    private const int Length = 256;

    public static async Task<BenchRow> RunAsync(ServerConnection connection, Volume volume, string modelId, CancellationToken cancellationToken)
    {
        await using var session = await ClientSession.OpenAsync(connection, volume, new VolumeSize(64, 64, 4), null, modelId, cancellationToken);
        var (size, slice) = (volume.Geometry.Size, new SlicePlane(Axis.K, volume.Geometry.Size.K / 2));
        await session.PredictAsync("bench", [ClickPrompt.At(size.I / 2, size.J / 2, slice.Index, true)], slice, null, cancellationToken);
        var step = await session.PredictAsync("bench", [ClickPrompt.Stroke(size, slice.Index, Length)], slice, null, cancellationToken);
        return BenchRow.Of($"a scribble of {Length} positions, up", [step.BytesUp], "B", new Budget(5000));
    }
}
