using SegBridge.Cli.Bench.Report;
using SegBridge.Cli.Client;

namespace SegBridge.Cli.Bench.Clicks;

/// <summary>What the clicks of a bench cost, and where in the server and around it.</summary>
/// <param name="networks">The names of the model's parts: what ONNX Runtime runs.</param>
internal sealed class ClickFigures(IReadOnlyCollection<string> networks)
{
    // Neither is work on the step: a client that sends bricks, and others ahead.
    private static readonly string[] Waits = ["wait", "queue"];
    private const double OwnMs = 5;
    private const double OwnShare = 0.05;

    private readonly Dictionary<string, List<double>> _parts = [];

    public List<double> TotalMs { get; } = [];

    public List<double> BytesUp { get; } = [];

    public List<double> BytesDown { get; } = [];

    /// <summary>In the networks, as the server took the time.</summary>
    public List<double> NetworkMs { get; } = [];

    /// <summary>In the server, besides networks and waits.</summary>
    public List<double> OwnServerMs { get; } = [];

    public void Add(ClientStep step)
    {
        TotalMs.Add(step.TotalMs);
        BytesUp.Add(step.BytesUp);
        BytesDown.Add(step.BytesDown);
        NetworkMs.Add(step.Parts.Where(part => networks.Contains(part.Key)).Sum(part => part.Value));
        OwnServerMs.Add(step.Parts.Where(part => !Waits.Contains(part.Key)).Sum(part => part.Value) - NetworkMs[^1]);
        foreach (var (part, ms) in step.Parts)
        {
            AddPart(part, ms);
        }

        AddPart("transport", step.TotalMs - step.ApplyMs - step.Parts.Sum(part => part.Value));
        AddPart("apply", step.ApplyMs);
    }

    /// <summary>The budget of what the server adds to a step.</summary>
    public BenchRow OwnRow() => BenchRow.Of(
        "server time on top of the ONNX Runtime calls of a step", OwnServerMs, BenchRow.Ms,
        new Budget(Math.Max(OwnMs, Math.Round(OwnShare * BenchRow.Of("", NetworkMs, BenchRow.Ms).Median, 2))));

    /// <summary>Where a click's time goes, in its order.</summary>
    public IEnumerable<BenchRow> PartRows() => _parts.Select(part => BenchRow.Of(part.Key, part.Value, BenchRow.Ms));

    private void AddPart(string part, double ms)
    {
        if (!_parts.TryGetValue(part, out var all))
        {
            all = _parts[part] = [];
        }

        all.Add(ms);
    }
}
