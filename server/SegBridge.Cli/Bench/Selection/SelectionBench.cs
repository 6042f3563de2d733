using System.Diagnostics;
using System.Globalization;
using SegBridge.Cli.CommandLine;
using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;
using SegBridge.Models.Slices;
using SegBridge.Sessions.Tasks.Context;
using Spectre.Console;

namespace SegBridge.Cli.Bench.Selection;

/// <summary>
/// Does it help to pick examples by what they look like? Dice of the first proposal, without a prompt, on each held-out
/// slice of a set (of a set without any, on every slice): with examples picked from all slices of other subjects, and with
/// as many drawn by chance, the mean of five draws.
/// </summary>
internal static class SelectionBench
{
    private const int Examples = 8;
    private const int Draws = 5;
    private const int Resamplings = 2000;

    public static async Task<int> RunAsync(Terminal terminal, IReadOnlyList<string> folders, string models, CancellationToken cancellationToken)
    {
        using var device = InferenceDevices.Open(new InferenceSettings { Device = DevicePreference.Cpu });
        using var repository = new ModelRepository(models, device);
        await repository.WhenLoadedAsync(cancellationToken);
        var bundle = repository.Bundles.FirstOrDefault(candidate => candidate is { State: BundleState.Ready, Manifest: { UsesContext: true, Dimension: 2 } })
            ?? throw new UserException("no 2D model that takes examples is ready; \"segbridge models list\" says why");
        var model = new SliceModels(repository).Get(bundle.Id);
        var rows = new List<SelectionRow>();
        foreach (var folder in folders)
        {
            rows.Add(await RunAsync(folder, model, cancellationToken));
            terminal.Say($"{rows[^1].Set}: done");
        }

        Show(terminal, bundle.Id, rows);
        if (terminal.Json)
        {
            await terminal.Results.WriteLineAsync(JsonText.Of(rows));
        }

        return 0;
    }

    private static async Task<SelectionRow> RunAsync(string folder, ISliceModel model, CancellationToken cancellationToken)
    {
        var slices = SelectionSet.Read(folder);
        var looks = slices.ConvertAll(slice => ImageLook.Of(slice.Image));
        var examples = slices.ConvertAll(slice => model.ExampleOf(slice.Image, slice.Truth));
        var targets = Enumerable.Range(0, slices.Count).Where(n => slices[n].IsHeldOut || !slices.Exists(slice => slice.IsHeldOut)).ToArray();
        var (chance, pickMs) = (new Random(1), 0.0);
        var (picked, drawn) = (new List<double>(), new List<double>());
        foreach (var target in targets)
        {
            var others = Enumerable.Range(0, slices.Count).Where(n => slices[n].Subject != slices[target].Subject).ToArray();
            var start = Stopwatch.GetTimestamp();
            var pick = ExampleSelection.MostSimilar(ImageLook.Of(slices[target].Image), Array.ConvertAll(others, n => looks[n]), Examples);
            pickMs += Stopwatch.GetElapsedTime(start).TotalMilliseconds / targets.Length;
            picked.Add(await DiceAsync(target, pick.Select(n => others[n])));
            var sum = 0.0;
            for (var draw = 0; draw < Draws; draw++)
            {
                chance.Shuffle(others);
                sum += await DiceAsync(target, others.Take(Examples));
            }

            drawn.Add(sum / Draws);
        }

        var gains = picked.Zip(drawn, (one, other) => one - other).ToArray();
        var (low, high) = Interval(gains, chance);
        return new SelectionRow(
            Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), slices.Count, targets.Length,
            picked.Average(), drawn.Average(), gains.Average(), low, high, pickMs);

        async Task<double> DiceAsync(int target, IEnumerable<int> context)
        {
            var answer = await model.PredictAsync(
                slices[target].Image, new SlicePrompts(), new SliceContext(context.Select(n => examples[n])), null, "bench", null, cancellationToken);
            return Dice(answer.Mask, slices[target].Truth);
        }
    }

    private static double Dice(byte[] mask, byte[] truth)
    {
        var (both, sum) = (0, 0);
        for (var n = 0; n < mask.Length; n++)
        {
            both += mask[n] & truth[n];
            sum += mask[n] + truth[n];
        }

        return sum == 0 ? 1 : 2.0 * both / sum;
    }

    /// <summary>95 % of the mean, targets drawn again and again.</summary>
    private static (double Low, double High) Interval(double[] gains, Random chance)
    {
        var means = new double[Resamplings];
        for (var n = 0; n < means.Length; n++)
        {
            means[n] = chance.GetItems(gains, gains.Length).Average();
        }

        Array.Sort(means);
        return (means[Resamplings / 40], means[Resamplings * 39 / 40]);
    }

    private static void Show(Terminal terminal, string model, List<SelectionRow> rows)
    {
        var table = new Table().AddColumns("set", "slices", "targets", "picked", "by chance", "gain", "95 %", "picking");
        foreach (var row in rows)
        {
            table.AddRow(
                row.Set, $"{row.Slices}", $"{row.Targets}", Text(row.Picked), Text(row.Chance), Text(row.Gain),
                $"{Text(row.Low)} .. {Text(row.High)}", string.Create(CultureInfo.InvariantCulture, $"{row.PickMs:0.0} ms"));
        }

        terminal.Say($"Dice of {model}'s first proposal from {Examples} examples of other subjects, no prompt");
        terminal.People.Write(table);
    }

    private static string Text(double dice) => dice.ToString("0.000", CultureInfo.InvariantCulture);

    /// <param name="Set">Name of the folder.</param>
    /// <param name="Slices">Finished slices in it.</param>
    /// <param name="Targets">Slices proposed on.</param>
    /// <param name="Picked">Mean Dice with picked examples.</param>
    /// <param name="Chance">Mean Dice with drawn ones.</param>
    /// <param name="Gain">Mean difference, with its 95 % interval.</param>
    /// <param name="PickMs">Time to look at the image and to pick.</param>
    private sealed record SelectionRow(
        string Set, int Slices, int Targets, double Picked, double Chance, double Gain, double Low, double High, double PickMs);
}
