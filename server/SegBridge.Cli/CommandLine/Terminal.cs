using Spectre.Console;

namespace SegBridge.Cli.CommandLine;

/// <summary>
/// Where a command speaks: <see cref="Results"/> is standard output; <see cref="People"/> too, unless the command was
/// asked for JSON, when everything for people goes to standard error.
/// </summary>
internal sealed class Terminal
{
    public Terminal(bool json)
    {
        Json = json;
        Results = Console.Out;
        var writer = json ? Console.Error : Console.Out;
        var redirected = json ? Console.IsErrorRedirected : Console.IsOutputRedirected;
        IsLive = !redirected && !Console.IsInputRedirected;
        People = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            Interactive = IsLive ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (redirected)
        {
            // A file or pipe has no width; Spectre would fold lines at 80.
            People.Profile.Width = 160;
        }
    }

    /// <summary>Whether the command was asked for JSON.</summary>
    public bool Json { get; }

    /// <summary>Whether a person watches, so that tables and bars may be redrawn.</summary>
    public bool IsLive { get; }

    public IAnsiConsole People { get; }

    public TextWriter Results { get; }

    /// <summary>One plain line for people.</summary>
    public void Say(string line) => People.WriteLine(line);
}
