using System.Diagnostics;
using System.Globalization;
using SegBridge.Cli.CommandLine;
using SegBridge.Models.Bundles;
using SegBridge.Models.Golden;
using SegBridge.Models.Inference;
using Spectre.Console;

namespace SegBridge.Cli.Bench.Golden;

/// <summary>Fills the published networks with made-up weights, imports and runs them, and compares with known results.</summary>
internal static class GoldenBench
{
    /// <returns>0 when every number holds.</returns>
    public static async Task<int> RunAsync(Terminal terminal, IReadOnlyList<ModelFamily> families, string templates, CancellationToken cancellationToken)
    {
        using var device = InferenceDevices.Open(new InferenceSettings { Device = DevicePreference.Cpu });
        List<GoldenRow> rows = [];
        foreach (var family in families)
        {
            var scratch = Directory.CreateTempSubdirectory("segbridge-golden-");
            try
            {
                var started = Stopwatch.GetTimestamp();
                // Off this thread: writing and importing are not asynchronous.
                rows.AddRange(await Task.Run(
                    () => GoldenRun.RunAsync(family, templates, scratch.FullName, device, stage => terminal.Say($"{family}: {stage}"), cancellationToken),
                    cancellationToken));
                terminal.Say(string.Create(CultureInfo.InvariantCulture, $"{family}: done in {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s"));
            }
            finally
            {
                scratch.Delete(recursive: true);
            }
        }

        Show(terminal, rows);
        if (terminal.Json)
        {
            await terminal.Results.WriteLineAsync(JsonText.Of(rows));
        }

        return rows.TrueForAll(row => row.Holds) ? 0 : 1;
    }

    private static void Show(Terminal terminal, List<GoldenRow> rows)
    {
        var table = new Table().AddColumns("network", "tensor", "number", "published code", "here", "difference", "");
        foreach (var row in rows)
        {
            table.AddRow(
                $"{row.Family}", row.Tensor, Markup.Escape(row.What), Number(row.Expected), Number(row.Actual),
                row.Difference.ToString("0.0e+0", CultureInfo.InvariantCulture), row.Holds ? "holds" : "DIFFERS");
        }

        terminal.People.Write(table);
        var worst = rows.Max(row => row.Difference);
        terminal.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{rows.Count(row => row.Holds)} of {rows.Count} numbers hold within {GoldenRow.Tolerance:0e+0}, the largest difference is {worst:0.0e+0}"));
    }

    private static string Number(double value) => value.ToString("0.000000", CultureInfo.InvariantCulture);
}
