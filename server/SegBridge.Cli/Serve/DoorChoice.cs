using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using SegBridge.Server.Hosting;

namespace SegBridge.Cli.Serve;

/// <summary>Ports for the clients of other servers.</summary>
internal sealed class DoorChoice
{
    private static readonly Dictionary<string, DoorKind> Names = new()
    {
        ["nninteractive"] = DoorKind.NnInteractive,
        ["monai"] = DoorKind.MonaiLabel,
    };

    private readonly Option<string[]> _doors = new("--doors")
    {
        Description = "Let clients of other servers in: nninteractive (port 1527), monai (port 8000); several with commas",
        HelpName = "NAMES",
        AllowMultipleArgumentsPerToken = false,
        CustomParser = result => [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries))],
    };

    private readonly Option<string[]> _ports = new("--door-port")
    {
        Description = "Another port of a door: nninteractive=9000; 0 takes any free port; may be repeated",
        HelpName = "NAME=PORT",
    };

    public IEnumerable<Option> Options => [_doors, _ports];

    /// <summary>Refuses names and ports that there are not.</summary>
    public void Check(CommandResult result)
    {
        var doors = result.GetValue(_doors) ?? [];
        foreach (var name in doors.Where(name => !Names.ContainsKey(name)))
        {
            result.AddError($"--doors must be of {string.Join(", ", Names.Keys)}, got \"{name}\"");
        }

        foreach (var text in result.GetValue(_ports) ?? [])
        {
            if (PortIn(text) is not var (name, _) || !doors.Contains(name))
            {
                result.AddError($"--door-port must be NAME=PORT of a door that --doors names, with a port of 0 to 65535, got \"{text}\"");
            }
        }
    }

    public bool Opens(CommandResult result, DoorKind door) =>
        (result.GetValue(_doors) ?? []).Any(name => Names.TryGetValue(name, out var kind) && kind == door);

    public IReadOnlyList<DoorSettings> SettingsOf(ParseResult parsed)
    {
        var ports = (parsed.GetValue(_ports) ?? []).Select(text => PortIn(text)!.Value).ToLookup(port => port.Name, port => port.Port);
        return
        [
            .. (parsed.GetValue(_doors) ?? []).Distinct()
                .Select(name => new DoorSettings(Names[name], ports[name].Append(DoorSettings.DefaultPort(Names[name])).First())),
        ];
    }

    private static (string Name, int Port)? PortIn(string text) =>
        text.Split('=') is [var name, var number] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535
            ? (name, port)
            : null;
}
