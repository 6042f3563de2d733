using SegBridge.Cli.Bench.Report;
using SegBridge.Cli.Client;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Volumes;
using SegBridge.Models.Bundles;
using SegBridge.Models.Volumes.Patches;

namespace SegBridge.Cli.Bench.Clicks;

/// <summary>A box around an object in a large volume and clicks on it, with a 3D model.</summary>
internal sealed class VolumeClickBench
{
    private const string Segment = "bench";
    private const double MaxSharePastRegion = 1.25;
    private static readonly VolumeSize Brick = new(64, 64, 64);

    private VolumeClickBench(ModelBundle bundle) => Figures = new ClickFigures([.. bundle.Manifest!.Parts.Select(part => part.Name)]);

    /// <summary>Of all steps but the first, which sends bricks and looks at the image.</summary>
    public ClickFigures Figures { get; }

    /// <summary>The first step, with the box.</summary>
    public ClientStep? First { get; private set; }

    private long RegionBytes { get; set; }

    public static async Task<VolumeClickBench> RunAsync(
        ServerConnection connection, Volume volume, ModelBundle bundle, int rounds, CancellationToken cancellationToken)
    {
        await using var session = await ClientSession.OpenAsync(connection, volume, Brick, null, bundle.Id, cancellationToken, Modality.CT);
        var (bench, ball, chance) = (new VolumeClickBench(bundle), BenchVolume.BallIn(volume.Geometry.Size), new Random(1));
        var box = new V1.Prompt { Box = new V1.BoxPrompt { Box = ball.ToWire() } };
        bench.First = await session.PredictAsync(Segment, [box], null, null, cancellationToken);
        bench.RegionBytes = BytesOf(volume, RegionOf(ball, volume.Geometry, bundle.Manifest!.Input));
        for (var round = 0; round < rounds; round++)
        {
            var click = ClickPrompt.At(
                chance.Next(ball.Lower.I, ball.Upper.I), chance.Next(ball.Lower.J, ball.Upper.J), chance.Next(ball.Lower.K, ball.Upper.K), round % 2 == 0);
            bench.Figures.Add(await session.PredictAsync(Segment, [click], null, null, cancellationToken));
        }

        return bench;
    }

    public IEnumerable<BenchRow> BudgetRows()
    {
        yield return Figures.OwnRow();
        yield return BenchRow.Of(
            "sent before the first 3D mask / the region's own compressed bricks", [(double)First!.BytesUp / RegionBytes], "x", new Budget(MaxSharePastRegion));
        yield return BenchRow.Of("a click, up", Figures.BytesUp, "B", new Budget(200));
        yield return BenchRow.Of("its mask, down", Figures.BytesDown, "B", new Budget(50_000));
    }

    public IEnumerable<BenchRow> RawRows()
    {
        yield return BenchRow.Of("sent before the first mask", [First!.BytesUp / 1e6], "MB");
        yield return BenchRow.Of("the first mask: box, bricks and all", [First.TotalMs], BenchRow.Ms);
        foreach (var (part, ms) in First.Parts)
        {
            yield return BenchRow.Of($"of the first mask: {part}", [ms], BenchRow.Ms);
        }

        yield return BenchRow.Of("a further click to its mask over loopback", Figures.TotalMs, BenchRow.Ms);
        foreach (var part in Figures.PartRows())
        {
            yield return part with { What = $"of the click: {part.What}" };
        }
    }

    // What the model sees of the volume: its grid around the box, by the manifest's rule.
    private static VoxelBox RegionOf(VoxelBox box, VolumeGeometry geometry, InputGrid input)
    {
        var spacing = geometry.Spacing;
        var extent = Math.Max(box.Size.I * spacing.I, Math.Max(box.Size.J * spacing.J, box.Size.K * spacing.K));
        var half = input.Size[0] * PatchSpacing.Around(input, extent) / 2;
        (int Low, int End) Along(int lower, int upper, double step) =>
            ((int)Math.Floor(((lower + upper) / 2.0) - (half / step)), (int)Math.Ceiling(((lower + upper) / 2.0) + (half / step)));
        var (i, j, k) = (
            Along(box.Lower.I, box.Upper.I, spacing.I), Along(box.Lower.J, box.Upper.J, spacing.J), Along(box.Lower.K, box.Upper.K, spacing.K));
        return new VoxelBox(new Ijk(i.Low, j.Low, k.Low), new Ijk(i.End, j.End, k.End)).Intersect(geometry.Bounds);
    }

    private static long BytesOf(Volume volume, VoxelBox region)
    {
        var grid = new BrickGrid(volume.Geometry.Size, Brick);
        return grid.Covering(region).Sum(brick => (long)BrickSender.Pack(volume, grid.BoxOf(brick)).Data.Length);
    }
}
