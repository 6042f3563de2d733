using System.CommandLine;
using SegBridge.Cli.Models;
using SegBridge.Models.Bundles;

namespace SegBridge.Cli.Bench.Golden;

/// <summary>The options of <c>bench --golden</c>.</summary>
internal sealed class GoldenOptions
{
    private readonly Option<bool> _golden = new("--golden") { Description = "Check the published networks against their authors' numbers instead" };

    private readonly Option<string[]> _families = new("--family")
    {
        Description = $"With --golden: only this network, may be repeated: {string.Join(", ", FamilyNames.All.Keys)}", HelpName = "NAME",
    };

    private readonly Option<string?> _templates = new("--templates")
    {
        Description = "With --golden: folder of graph templates [default: models/templates of this SegBridge]", HelpName = "DIR",
    };

    public GoldenOptions() => _families.AcceptOnlyFromAmong([.. FamilyNames.All.Keys]);

    public IReadOnlyList<Option> All => [_golden, _families, _templates];

    public bool IsAsked(ParseResult parsed) => parsed.GetValue(_golden);

    public IReadOnlyList<ModelFamily> Families(ParseResult parsed) =>
        parsed.GetValue(_families) is { Length: > 0 } named ? [.. named.Distinct().Select(name => FamilyNames.All[name])] : [.. FamilyNames.All.Values];

    public string Templates(ParseResult parsed) => ImportTemplateFolder.Resolve(parsed.GetValue(_templates));
}
