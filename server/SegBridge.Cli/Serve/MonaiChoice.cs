using System.CommandLine;
using System.CommandLine.Parsing;
using SegBridge.Server.Hosting;

namespace SegBridge.Cli.Serve;

/// <summary>What the door for MONAI Label's clients offers.</summary>
internal sealed class MonaiChoice
{
    private readonly Option<string[]> _labels = new("--monai-label")
    {
        Description = "Door monai: a segment that viewers prepare; may be repeated [default: object]",
        HelpName = "NAME",
    };

    private readonly Option<string?> _folder = new("--monai-folder")
    {
        Description = "Door monai: keep the datastore's images and labels on disk in this folder, laid out as MONAI Label's own; otherwise they are kept in memory",
        HelpName = "DIR",
    };

    public IEnumerable<Option> Options => [_labels, _folder];

    public void Check(CommandResult result, bool isOpen)
    {
        var labels = result.GetValue(_labels) ?? [];
        if (!isOpen && (labels.Length > 0 || result.GetValue(_folder) is not null))
        {
            result.AddError("--monai-label and --monai-folder are for the door monai: open it with --doors monai");
        }

        if (labels.Any(label => string.IsNullOrWhiteSpace(label) || label == "background") || labels.Distinct(StringComparer.Ordinal).Count() < labels.Length)
        {
            result.AddError("--monai-label must be a name, each once, and not \"background\", which is what no segment holds");
        }
    }

    public MonaiSettings SettingsOf(ParseResult parsed)
    {
        var standard = new MonaiSettings();
        return new MonaiSettings
        {
            Labels = parsed.GetValue(_labels) is { Length: > 0 } labels ? labels : standard.Labels,
            Folder = parsed.GetValue(_folder),
        };
    }
}
