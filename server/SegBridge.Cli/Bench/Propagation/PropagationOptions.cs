using System.CommandLine;
using SegBridge.Cli.CommandLine;

namespace SegBridge.Cli.Bench.Propagation;

/// <summary>The options of <c>bench --propagation</c>.</summary>
internal sealed class PropagationOptions
{
    private readonly Option<string?> _folder = new("--propagation")
    {
        Description = "Measure instead how well 2D models carry masks from slice to slice, on the training cases of this labelled 3D set", HelpName = "DIR",
    };

    private readonly Option<int> _cases = WholeNumber.Option("--cases", "With --propagation: volumes", 5, 1, 1000);

    private readonly Option<float> _stopBelow = new("--stop-below")
    {
        Description = "With --propagation: predicted Dice below which a direction ends", HelpName = "DICE", DefaultValueFactory = _ => 0.8f,
    };

    public IReadOnlyList<Option> All => [_folder, _cases, _stopBelow];

    public string? Folder(ParseResult parsed) => parsed.GetValue(_folder);

    public Task RunAsync(ParseResult parsed, Terminal terminal, string models, CancellationToken cancellationToken) => PropagationBench.RunAsync(
        terminal, models, Folder(parsed)!, parsed.GetValue(_cases), parsed.GetValue(_stopBelow), cancellationToken);
}
