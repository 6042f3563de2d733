using SegBridge.Cli.Bench.Peer;
using SegBridge.Cli.Bench.Report;
using SegBridge.Cli.Client;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;
using SegBridge.Models.Bundles;

namespace SegBridge.Cli.Bench.Clicks;

/// <summary>Clicks on one slice of a large volume, each beside a run of the bare network and, if there is one, of a peer.</summary>
internal sealed class ClickBench
{
    private const int WarmUp = 5;
    private const int ClicksOfSegment = 10;
    private const string Segment = "bench";

    private readonly List<double> _bareMs = [];
    private readonly List<double> _peerMs = [];
    private readonly List<double> _emptyMs = [];

    private ClickBench(ModelBundle bundle) => Figures = new ClickFigures([.. bundle.Manifest!.Parts.Select(part => part.Name)]);

    public ClickFigures Figures { get; }

    /// <summary>Bytes up for the first click, bricks of its slice included.</summary>
    private long FirstBytesUp { get; set; }

    /// <param name="connection">To a server that has the bundle.</param>
    /// <param name="volume">To click on.</param>
    /// <param name="bundle">Of the ScribblePrompt-UNet family.</param>
    /// <param name="peer">Takes its turn in every round; null: nobody.</param>
    /// <param name="rounds">Clicks.</param>
    /// <param name="cancellationToken">Ends the bench.</param>
    public static async Task<ClickBench> RunAsync(
        ServerConnection connection, Volume volume, ModelBundle bundle, TorchPeer? peer, int rounds, CancellationToken cancellationToken)
    {
        await using var session = await ClientSession.OpenAsync(connection, volume, new VolumeSize(64, 64, 4), null, bundle.Id, cancellationToken);
        using var network = new BareNetwork(bundle);
        var bench = new ClickBench(bundle);
        var size = volume.Geometry.Size;
        var slice = new SlicePlane(Axis.K, size.K / 2);
        var chance = new Random(1);
        for (var round = -WarmUp; round < rounds; round++)
        {
            var (bareMs, peerMs) = (network.Run(), peer?.Run());
            var click = ClickPrompt.At(chance.Next(size.I), chance.Next(size.J), slice.Index, round % 2 == 0);
            var step = await session.PredictAsync(Segment, [click], slice, null, cancellationToken);
            if (round == -WarmUp)
            {
                bench.FirstBytesUp = step.BytesUp;
            }

            var emptyMs = await EmptyCall.RunAsync(connection, session.Id, cancellationToken);
            if (round >= 0)
            {
                bench.Add(bareMs, peerMs, emptyMs, step);
            }

            if (round % ClicksOfSegment == 0)
            {
                await connection.Sessions.ResetAsync(new V1.HistoryRequest { SessionId = session.Id, SegmentId = Segment }, cancellationToken: cancellationToken);
            }
        }

        return bench;
    }

    /// <summary>The budgets of a click of a 2D model.</summary>
    public IEnumerable<BenchRow> BudgetRows()
    {
        yield return Figures.OwnRow();
        yield return BenchRow.Of("click to mask over loopback / bare ONNX Runtime run", Ratios(Figures.TotalMs, _bareMs), "x", new Budget(1.15));
        if (_peerMs.Count > 0)
        {
            yield return BenchRow.Of("PyTorch eager, same threads / click to mask", Ratios(_peerMs, Figures.TotalMs), "x", new Budget(1.3, AtLeast: true));
        }

        yield return BenchRow.Of("a click, up", Figures.BytesUp, "B", new Budget(200));
        yield return BenchRow.Of("its mask, down", Figures.BytesDown, "B", new Budget(50_000));
    }

    /// <summary>What the ratios are made of.</summary>
    public IEnumerable<BenchRow> RawRows()
    {
        yield return BenchRow.Of("bare ONNX Runtime run", _bareMs, BenchRow.Ms);
        yield return BenchRow.Of("click to mask over loopback", Figures.TotalMs, BenchRow.Ms);
        if (_peerMs.Count > 0)
        {
            yield return BenchRow.Of("PyTorch eager, network alone", _peerMs, BenchRow.Ms);
        }

        yield return BenchRow.Of("an empty call over loopback", _emptyMs, BenchRow.Ms);
        yield return BenchRow.Of("the first click with the bricks of its slice, up", [FirstBytesUp / 1e3], "kB");
        foreach (var part in Figures.PartRows())
        {
            yield return part with { What = $"of the click: {part.What}" };
        }
    }

    private void Add(double bareMs, double? peerMs, double emptyMs, ClientStep step)
    {
        _bareMs.Add(bareMs);
        _emptyMs.Add(emptyMs);
        if (peerMs is { } ms)
        {
            _peerMs.Add(ms);
        }

        Figures.Add(step);
    }

    // Neighbours in time are compared, so that the machine's ups and downs cancel.
    private static double[] Ratios(List<double> over, List<double> under) => [.. over.Zip(under, (above, below) => above / below)];
}
