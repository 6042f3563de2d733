using System.Diagnostics;
using SegBridge.Cli.Client;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;
using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;

namespace SegBridge.Cli.Bench;

/// <summary>Clicks on one slice of a large volume, each beside a run of the bare network.</summary>
internal sealed class ClickBench
{
    private const int WarmUp = 5;
    private const string Segment = "bench";

    private readonly List<double> _bareMs = [];
    private readonly List<double> _totalMs = [];
    private readonly List<double> _serverMs = [];
    private readonly List<double> _bytesUp = [];
    private readonly List<double> _bytesDown = [];
    private double _firstBytesUp;
    private readonly Dictionary<string, List<double>> _parts = [];

    public static async Task<ClickBench> RunAsync(
        ServerConnection connection, Volume volume, string models, int rounds, CancellationToken cancellationToken)
    {
        using var device = InferenceDevices.Open(new InferenceSettings { Device = DevicePreference.Cpu });
        using var repository = new ModelRepository(models, device);
        await repository.WhenLoadedAsync(cancellationToken);
        var size = volume.Geometry.Size;
        await using var session = await ClientSession.OpenAsync(connection, volume, new VolumeSize(64, 64, 4), null, null, cancellationToken);
        using var network = new BareNetwork(repository.Get(session.ModelId));

        var bench = new ClickBench();
        var slice = new SlicePlane(Axis.K, size.K / 2);
        var chance = new Random(1);
        for (var round = -WarmUp; round < rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            network.Run();
            var bareMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;

            var click = new V1.PointPrompt
            {
                Polarity = round % 2 == 0 ? V1.Polarity.Positive : V1.Polarity.Negative,
                Ijk = new V1.VoxelPoint { I = chance.Next(size.I), J = chance.Next(size.J), K = slice.Index },
            };
            var step = await session.PredictAsync(Segment, [new V1.Prompt { Point = click }], slice, null, cancellationToken);
            if (round == -WarmUp)
            {
                bench._firstBytesUp = step.BytesUp;
            }

            if (round >= 0)
            {
                bench.Add(bareMs, step);
            }
        }

        return bench;
    }

    public IEnumerable<BenchRow> Rows()
    {
        yield return BenchRow.Of("bare ONNX Runtime run", _bareMs, "ms");
        yield return BenchRow.Of("step inside the server", _serverMs, "ms");
        yield return BenchRow.Of("click to mask, over loopback", _totalMs, "ms");
        yield return BenchRow.Of("server on top of the bare run", Each((bare, server, _) => server - bare), "ms", "<= 5 ms or 5 %");
        yield return BenchRow.Of("click to mask / bare run", Each((bare, _, total) => total / bare), "x", "<= 1.15 x");
        foreach (var part in _parts)
        {
            yield return BenchRow.Of($"  {part.Key}", part.Value, "ms");
        }

        yield return BenchRow.Of("first click's slice of bricks, up", [_firstBytesUp / 1000], "kB");
        yield return BenchRow.Of("a click, up", _bytesUp, "B", "<= 200 B");
        yield return BenchRow.Of("a reply, down", _bytesDown, "B", "<= 50,000 B");
    }

    private void Add(double bareMs, ClientStep step)
    {
        _bareMs.Add(bareMs);
        foreach (var part in step.Parts.Append(new("apply", step.ApplyMs)).Append(new("transport", step.TotalMs - step.ApplyMs - step.Parts.Sum(p => p.Value))))
        {
            if (!_parts.ContainsKey(part.Key)) _parts[part.Key] = [];
            _parts[part.Key].Add(part.Value);
        }

        _serverMs.Add(step.ServerMs);
        _totalMs.Add(step.TotalMs);
        _bytesUp.Add(step.BytesUp);
        _bytesDown.Add(step.BytesDown);
    }

    // Neighbours in time are compared, so that the machine's ups and downs cancel.
    private List<double> Each(Func<double, double, double, double> measure) =>
        [.. Enumerable.Range(0, _bareMs.Count).Select(n => measure(_bareMs[n], _serverMs[n], _totalMs[n]))];
}
