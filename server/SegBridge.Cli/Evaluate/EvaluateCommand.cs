using System.CommandLine;
using Grpc.Core;
using SegBridge.Cli.Cases;
using SegBridge.Cli.Client;
using SegBridge.Cli.CommandLine;

namespace SegBridge.Cli.Evaluate;

/// <summary><c>segbridge evaluate</c>.</summary>
internal sealed class EvaluateCommand : TeachingCommand
{
    private readonly ServerChoice _server = new();
    private readonly Option<string> _data = new("--data") { Description = "Folder with images/, labels/ and a dataset.json that lists them", HelpName = "DIR", Required = true };
    private readonly Option<string> _split = new("--split") { Description = "Which cases, where the data are split by subject", HelpName = "train|validation", DefaultValueFactory = _ => "validation" };
    private readonly Option<string> _protocol = new("--protocol") { Description = "How the simulated radiologist prompts; prism-… for 3D models, the others for 2D models", DefaultValueFactory = _ => ProtocolTargets.Names[0] };
    private readonly Option<string?> _model = new("--model") { Description = "A model's id, see \"segbridge models list\" [default: the server's for slices, its first PRISM for volumes]", HelpName = "ID" };
    private readonly Option<int?> _steps = WholeNumber.Optional("--steps", "Steps on each object [default: as in the papers, 11, 20 clicks or 10 scribbles]", 1, 1000);
    private readonly Option<int?> _limit = WholeNumber.Optional("--limit", "Cases at most [default: all]", 1, 1_000_000);
    private readonly Option<int> _seed = new("--seed") { Description = "Chance of the prompts; the same seed plays the same evaluation", DefaultValueFactory = _ => 1 };
    private readonly Option<bool> _json = new("--json") { Description = "Print a line of JSON for each step and a summary as the last; everything else to standard error" };

    public EvaluateCommand()
        : base("evaluate", "Measures a model through a real server: a simulated radiologist who knows the truth prompts and corrects, step by step.", """
            Examples:
              segbridge evaluate --data ../shared/data/open/sts_tumour_ct
                  the validation cases with box, clicks and scribbles over 11 steps, as PRISM was tested
              segbridge evaluate --data ../shared/data/open/sts_tumour_ct --split train --limit 12 --json
                  cases that the model was trained on; lines of JSON
              segbridge evaluate --data ../shared/data/open/liver_ct_2d --protocol center-clicks --steps 5
                  a 2D model, one click a step
            """)
    {
        _protocol.AcceptOnlyFromAmong([.. ProtocolTargets.Names]);
        _split.AcceptOnlyFromAmong("train", "validation");
        foreach (var option in (Option[])[_data, _split, _protocol, _model, _steps, _limit, _seed, _json])
        {
            Options.Add(option);
        }

        _server.AddTo(this);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var terminal = new Terminal(parsed.GetValue(_json));
        var protocol = parsed.GetValue(_protocol)!;
        var settings = new EvaluationSettings(
            parsed.GetValue(_data)!,
            parsed.GetValue(_split)!,
            protocol,
            parsed.GetValue(_model),
            parsed.GetValue(_steps) ?? ProtocolTargets.UsualSteps(protocol),
            parsed.GetValue(_limit),
            parsed.GetValue(_seed));
        var dataset = Dataset.Read(settings.Data);
        // Before the server starts, so that a wrong split is said at once.
        var cases = Math.Min(dataset.Of(settings.Split).Count, settings.Limit ?? int.MaxValue);

        await using var lease = await _server.OpenAsync(parsed, cancellationToken);
        try
        {
            return await RunAsync(lease.Connection, dataset, settings, cases, terminal, cancellationToken);
        }
        catch (RpcException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw lease.Connection.Explain(error);
        }
    }

    private static async Task<int> RunAsync(
        ServerConnection connection, Dataset dataset, EvaluationSettings settings, int cases, Terminal terminal, CancellationToken cancellationToken)
    {
        var model = await ChooseModelAsync(connection, settings, cancellationToken);
        terminal.Say($"{dataset.Name}: {cases} {settings.Split} case(s), {settings.Protocol}, {settings.Steps} step(s), model {model}, seed {settings.Seed}");
        var run = new EvaluationRun(connection, dataset, settings, model);
        var table = new EvaluationTable(terminal, settings);
        await table.ShowAsync(show => run.PlayAsync(
            step =>
            {
                show(step);
                if (terminal.Json)
                {
                    terminal.Results.WriteLine(JsonText.Of(step));
                }
            },
            cancellationToken));
        if (run.Steps.Count == 0)
        {
            throw new UserException($"the {settings.Split} cases of {dataset.Name} show nothing to segment: their labels are empty");
        }

        terminal.People.Write(table.Means());
        var summary = EvaluationSummary.Of(model, dataset.Name, settings, run.Steps);
        terminal.Say(FormattableString.Invariant(
            $"largest fall from one step to the next: {summary.LargestFall:0.0000} of the mean, {summary.LargestFallOfCase:0.0000} of one object; steps to Dice 0.90: {summary.Noi90:0.00} ({100 * summary.Reached90:0} % get there)"));
        if (terminal.Json)
        {
            await terminal.Results.WriteLineAsync(JsonText.Of(summary));
        }

        return 0;
    }

    private static async Task<string> ChooseModelAsync(ServerConnection connection, EvaluationSettings settings, CancellationToken cancellationToken)
    {
        var dimension = ProtocolTargets.IsForVolumes(settings.Protocol) ? 3u : 2u;
        var model = await ModelChoice.ChooseAsync(
            connection, settings.Model, model => model.Dimension == dimension, $"{dimension}D models", cancellationToken);
        return model.Id;
    }
}
