using SegBridge.Cli.Bench.Clicks;
using SegBridge.Cli.Bench.Report;
using SegBridge.Models.Bundles;

namespace SegBridge.Cli.Bench.Floor;

/// <summary>How near a network comes to what the cores can do: its own multiplications a second beside those of a matrix product.</summary>
internal static class Roofline
{
    private const int Runs = 9;
    private const string Rate = "GMAC/s";

    /// <summary>The network of a bundle and a matrix product in turns.</summary>
    public static IEnumerable<BenchRow> Of(ModelBundle bundle)
    {
        using var network = new BareNetwork(bundle);
        using var product = new MatrixProduct();
        var work = network.GigaMacs();
        var (reached, roof) = (new List<double>(), new List<double>());
        network.Run();
        product.GigaMacsPerSecond();
        for (var run = 0; run < Runs; run++)
        {
            reached.Add(work / network.Run() * 1000);
            roof.Add(product.GigaMacsPerSecond());
        }

        yield return BenchRow.Of($"{bundle.Id}: work of one run", [work], "GMAC");
        yield return BenchRow.Of($"{bundle.Id}: reached", reached, Rate);
        yield return BenchRow.Of("matrix product of 1024 × 1024 on the same cores", roof, Rate);
        // The roof is what the cores can do, not what others left them.
        yield return BenchRow.Of($"{bundle.Id}: share of the fastest product", [.. reached.Select(own => own / roof.Max())], "x");
    }
}
