using System.Globalization;
using SegBridge.Cli.Cases;
using SegBridge.Cli.Client;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Play;
using SegBridge.Cli.Simulation;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using Spectre.Console;

namespace SegBridge.Cli.Bench.Propagation;

/// <summary>
/// How far true masks of one or three slices carry: Dice of the slices that propagation fills from them, by their
/// distance to the nearest, and what stopping where the model is unsure leaves out.
/// </summary>
internal static class PropagationBench
{
    private const string Whole = "whole";
    private const string Stopped = "stopped";

    // Slices beyond the object's ends, where nothing should be filled.
    private const int Margin = 8;

    private static readonly (int First, int Last)[] Bands = [(1, 1), (2, 3), (4, 7), (8, 15), (16, int.MaxValue)];

    public static async Task RunAsync(
        Terminal terminal, string models, string folder, int cases, float stopBelow, CancellationToken cancellationToken)
    {
        await using var server = await ServerProcess.StartAsync(["--models", models, "--no-journal"], cancellationToken);
        using var connection = new ServerConnection(server.Address);
        var slices = new List<PropagatedSlice>();
        var known = await connection.Models.ListModelsAsync(new V1.ListModelsRequest(), cancellationToken: cancellationToken);
        var dataset = Dataset.Read(folder);
        // Numbers and thresholds are chosen by this, so that it must not touch validation cases.
        foreach (var labelled in dataset.Of("train").Take(cases).Select(dataset.WholeOf))
        {
            terminal.Say(labelled.Name);
            foreach (var model in known.Models.Where(model => model.Dimension == 2).Select(model => model.Id))
            {
                foreach (var finished in (int[])[1, 3])
                {
                    slices.AddRange(await RunAsync(connection, labelled, model, finished, stopBelow, cancellationToken));
                }
            }
        }

        Show(terminal, slices, stopBelow);
        if (terminal.Json)
        {
            await terminal.Results.WriteLineAsync(JsonText.Of(slices));
        }
    }

    private static async Task<IEnumerable<PropagatedSlice>> RunAsync(
        ServerConnection connection, LabelledCase labelled, string model, int finished, float stopBelow, CancellationToken cancellationToken)
    {
        var (size, areas) = (labelled.Image.Geometry.Size, labelled.AreasAcrossK());
        var from = SliceChoice.Across(areas, finished);
        var first = Math.Max(0, Array.FindIndex(areas, area => area > 0) - Margin);
        var last = Math.Min(size.K - 1, Array.FindLastIndex(areas, area => area > 0) + Margin);
        await using var session = await ClientSession.OpenAsync(
            connection, labelled.Image, BrickShape.For([Axis.K]), labelled.Modality == Modality.CT ? ViewWindow.SoftTissue : null, model, cancellationToken);
        foreach (var (segment, limit) in new[] { (Whole, 0), (Stopped, stopBelow) })
        {
            await connection.Sessions.PutSegmentAsync(
                new V1.PutSegmentRequest { SessionId = session.Id, Segment = new V1.Segment { Id = segment, AllowOverlap = true } },
                cancellationToken: cancellationToken);
            foreach (var slice in from.Select(k => new SlicePlane(Axis.K, k)))
            {
                var truth = SlicePromptMessages.BlockOf(labelled.TruthOn(slice), slice, size);
                var prompt = new V1.Prompt { Mask = new V1.MaskPrompt { Mask = truth.ToWire() } };
                await session.PredictAsync(segment, [prompt], slice, null, cancellationToken);
            }

            await session.PropagateAsync(
                new V1.PropagateRequest { SegmentId = segment, First = (uint)first, Last = (uint)last, StopBelow = limit }, cancellationToken);
        }

        return Enumerable.Range(first, last - first + 1).Except(from).Select(k =>
        {
            var (slice, truth) = (new SlicePlane(Axis.K, k), labelled.TruthOn(new SlicePlane(Axis.K, k)));
            return new PropagatedSlice(
                labelled.Name, model, finished, from.Min(source => Math.Abs(source - k)), !truth.IsEmpty,
                Overlap.Dice(truth, SlicePromptMessages.MapOf(session.MaskOf(Whole), slice)),
                !SlicePromptMessages.MapOf(session.MaskOf(Whole), slice).IsEmpty,
                !SlicePromptMessages.MapOf(session.MaskOf(Stopped), slice).IsEmpty);
        }).ToArray();
    }

    private static void Show(Terminal terminal, List<PropagatedSlice> slices, float stopBelow)
    {
        var header = Bands.Select(band => band.Last == band.First ? $"{band.First} away" : band.Last == int.MaxValue ? $"{band.First}+" : $"{band.First}-{band.Last}");
        var table = new Table().AddColumns(["model", "finished", .. header, $"with {Number(stopBelow)}: filled", "their Dice", "Dice > 0.8 kept", "Dice < 0.5 kept", "past the ends"]);
        foreach (var run in slices.GroupBy(slice => (slice.Model, slice.Finished)))
        {
            var (inside, outside) = (run.Where(slice => slice.ShowsObject).ToArray(), run.Where(slice => !slice.ShowsObject).ToArray());
            var kept = inside.Where(slice => slice.IsKept).ToArray();
            string[] bands = [.. Bands.Select(band => Mean(inside.Where(slice => slice.Distance >= band.First && slice.Distance <= band.Last)))];
            table.AddRow([
                run.Key.Model, $"{run.Key.Finished}", .. bands, $"{kept.Length} of {inside.Length}", Mean(kept),
                $"{kept.Count(slice => slice.Dice > 0.8)} of {inside.Count(slice => slice.Dice > 0.8)}",
                $"{kept.Count(slice => slice.Dice < 0.5)} of {inside.Count(slice => slice.Dice < 0.5)}",
                $"{outside.Count(slice => slice.IsKept)} of {outside.Count(slice => slice.IsFilled)}",
            ]);
        }

        terminal.People.Write(table);
    }

    private static string Mean(IEnumerable<PropagatedSlice> slices) =>
        slices.Select(slice => slice.Dice).DefaultIfEmpty(double.NaN).Average() is var mean && double.IsNaN(mean) ? "" : Number(mean);

    private static string Number(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
