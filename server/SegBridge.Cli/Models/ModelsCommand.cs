using System.CommandLine;
using System.Globalization;
using SegBridge.Cli.CommandLine;
using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;
using Spectre.Console;

namespace SegBridge.Cli.Models;

/// <summary><c>segbridge models list|show|verify|import</c>: reads a folder of bundles; no server is needed.</summary>
internal sealed class ModelsCommand : TeachingCommand
{
    private const string Teaching = """
        Examples:
          segbridge models list
              all bundles, and why one cannot be used
          segbridge models show scribble-2d
              what it takes, where it comes from, what was measured
          segbridge models verify
              reads every file again and compares it with its hash
          segbridge models import --family prism --checkpoint best.pth.tar --id prism-colon --preset colon
              makes a bundle of a published checkpoint
          segbridge models list --models /srv/models --json
              of another folder, for programs
        """;

    private readonly Option<string?> _folder = ModelFolder.Option();
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON to standard output" };

    public ModelsCommand()
        : base("models", "Lists, describes, verifies and imports the model bundles of a folder.", Teaching)
    {
        Subcommands.Add(ListCommand());
        Subcommands.Add(ShowCommand());
        Subcommands.Add(VerifyCommand());
        Subcommands.Add(new ImportCommand());
    }

    private TeachingCommand ListCommand()
    {
        var command = new TeachingCommand("list", "Lists all bundles with their state.", Teaching) { _folder, _json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var terminal = new Terminal(parsed.GetValue(_json));
            using var shelf = await OpenAsync(parsed, cancellationToken);
            var facts = shelf.Bundles.Select(ModelFacts.Of).ToArray();
            if (terminal.Json)
            {
                await terminal.Results.WriteLineAsync(JsonText.Of(new { Models = facts, DefaultModelId = shelf.Repository.DefaultModelId }));
            }
            else
            {
                ShowList(terminal, facts, shelf.Repository);
            }

            return 0;
        });
        return command;
    }

    private TeachingCommand ShowCommand()
    {
        var id = new Argument<string>("ID") { Description = "A bundle's id, as \"models list\" shows it" };
        var command = new TeachingCommand("show", "Describes one bundle.", Teaching) { id, _folder, _json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var terminal = new Terminal(parsed.GetValue(_json));
            using var shelf = await OpenAsync(parsed, cancellationToken);
            var facts = ModelFacts.Of(Find(shelf, parsed.GetValue(id)!));
            if (terminal.Json)
            {
                await terminal.Results.WriteLineAsync(JsonText.Of(facts));
            }
            else
            {
                ShowOne(terminal, facts);
            }

            return 0;
        });
        return command;
    }

    private TeachingCommand VerifyCommand()
    {
        var id = new Argument<string?>("ID") { Description = "One bundle [default: all]", Arity = ArgumentArity.ZeroOrOne };
        var command = new TeachingCommand("verify", "Compares every file with its hash and runs each network once. Ends with 1 when one fails.", Teaching) { id, _folder, _json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var terminal = new Terminal(parsed.GetValue(_json));
            using var shelf = await OpenAsync(parsed, cancellationToken);
            IReadOnlyList<ModelBundle> bundles = parsed.GetValue(id) is { } one ? [Find(shelf, one)] : shelf.Bundles;
            var checks = await PartCheck.AllAsync(bundles, terminal, cancellationToken);
            if (terminal.Json)
            {
                await terminal.Results.WriteLineAsync(JsonText.Of(new { Bundles = checks }));
            }
            else
            {
                foreach (var check in checks)
                {
                    terminal.Say(check.Ok
                        ? $"{check.Id}: right, {check.Parts.Count} part(s), {ByteText.Of(check.Parts.Sum(part => part.Bytes))}"
                        : $"{check.Id}: {check.Reason}");
                }

                if (checks.Count == 0)
                {
                    terminal.Say($"no bundles in {shelf.Repository.Folder}");
                }
            }

            return checks.All(check => check.Ok) ? 0 : UserException.Failed;
        });
        return command;
    }

    private static void ShowList(Terminal terminal, ModelFacts[] facts, ModelRepository repository)
    {
        if (facts.Length == 0)
        {
            terminal.Say($"no bundles in {repository.Folder}");
            return;
        }

        var table = new Table().RoundedBorder().AddColumns("id", "version", "family", "state", "device", "size", "title");
        foreach (var model in facts)
        {
            var state = model.State == BundleState.Refused ? $"refused: {model.Reason}" : Lower(model.State);
            string[] cells =
            [
                model.Id, model.Version ?? "", model.Family ?? "", state, model.Device, ByteText.Of(model.SizeBytes),
                (model.Title ?? "") + (model.Id == repository.DefaultModelId ? " (default)" : ""),
            ];
            table.AddRow([.. cells.Select(cell => new Text(cell))]);
        }

        terminal.People.Write(table);
    }

    private static void ShowOne(Terminal terminal, ModelFacts model)
    {
        void Line(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                terminal.Say($"{name + ":",-14} {value}");
            }
        }

        Line("id", model.Id);
        Line("title", model.Title);
        Line("version", model.Version);
        Line("state", model.State == BundleState.Refused ? $"refused: {model.Reason}" : Lower(model.State));
        Line("description", model.Description);
        Line("family", model.Family);
        Line("works on", model.Dimension is { } d ? (d == 2 ? "one slice at a time" : "a volume") : null);
        Line("prompts", model.Prompts is { } prompts ? string.Join(", ", prompts.Select(Lower)) : null);
        Line("candidates", model.Candidates?.ToString(CultureInfo.InvariantCulture));
        Line("input", model.InputSize is { } size ? string.Join(" × ", size) + (model.InputSpacingMm is null ? (model.Dimension == 3 ? ", fitted to the object" : ", the slice is fitted to it") : "") : null);
        Line("licence", model.Licence);
        Line("trained", model.Trained);
        Line("device", model.Device);
        Line("size", ByteText.Of(model.SizeBytes));
        Line("folder", model.Folder);
        foreach (var set in model.TrainedOn ?? [])
        {
            Line("trained on", $"{set.Name} ({set.Licence})");
        }

        foreach (var metric in model.Metrics ?? [])
        {
            Line("measured", FormattableString.Invariant($"Dice {metric.Dice:0.000} after step {metric.Step} of {metric.Protocol}, {metric.Dataset}, {metric.Count} pairs"));
        }
    }

    private async Task<Shelf> OpenAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var shelf = new Shelf(ModelFolder.Resolve(parsed.GetValue(_folder)));
        try
        {
            await shelf.Repository.WhenLoadedAsync(cancellationToken);
            return shelf;
        }
        catch
        {
            shelf.Dispose();
            throw;
        }
    }

    private static ModelBundle Find(Shelf shelf, string id) =>
        shelf.Bundles.FirstOrDefault(bundle => bundle.Id == id)
        ?? throw UserException.Usage(shelf.Bundles.Count == 0
            ? $"there is no bundle \"{id}\"; {shelf.Repository.Folder} has none"
            : $"there is no bundle \"{id}\"; there are: {string.Join(", ", shelf.Bundles.Select(bundle => bundle.Id))}");

    private static string Lower<T>(T value)
        where T : struct, Enum =>
        value.ToString().ToLowerInvariant();

    /// <summary>A repository with the device that its networks run on once, to see that they can.</summary>
    private sealed class Shelf : IDisposable
    {
        private readonly InferenceDevice _device = new("cpu");

        public Shelf(string folder)
        {
            Repository = new ModelRepository(folder, _device);
        }

        public ModelRepository Repository { get; }

        public IReadOnlyList<ModelBundle> Bundles => Repository.Bundles;

        public void Dispose()
        {
            Repository.Dispose();
            _device.Dispose();
        }
    }
}
