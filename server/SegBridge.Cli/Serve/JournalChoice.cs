using System.CommandLine;
using System.CommandLine.Parsing;
using SegBridge.Cli.CommandLine;
using SegBridge.Server.Hosting;
using SegBridge.Sessions.Journal;

namespace SegBridge.Cli.Serve;

/// <summary>Whether sessions survive the server, and where their journals rest.</summary>
internal sealed class JournalChoice
{
    private readonly Option<string?> _folder = new("--journal-folder")
    {
        Description = "Sessions survive a restart by journals in this folder: prompts and coordinates rest there, pixels never [default: segbridge/journals below this user's state folder]",
        HelpName = "DIR",
    };

    private readonly Option<bool> _none = new("--no-journal") { Description = "Write nothing to disk: a session ends with the server" };
    private readonly Option<int?> _days = WholeNumber.Optional("--journal-days", "Keep the journal of a session that nobody closed for so long [default: 7]", 1, 3650, "DAYS");

    public IEnumerable<Option> Options => [_folder, _none, _days];

    /// <summary>Refuses what excludes each other.</summary>
    public void Check(CommandResult result)
    {
        if (result.GetValue(_none) && (result.GetValue(_folder) is not null || result.GetValue(_days) is not null))
        {
            result.AddError("--no-journal excludes --journal-folder and --journal-days: give one");
        }
    }

    /// <summary>Null: none are kept.</summary>
    public JournalOptions? OptionsOf(ParseResult parsed)
    {
        if (parsed.GetValue(_none))
        {
            return null;
        }

        var options = new JournalOptions { Folder = parsed.GetValue(_folder) ?? DefaultFolder() };
        return parsed.GetValue(_days) is { } days ? options with { Retention = TimeSpan.FromDays(days) } : options;
    }

    /// <summary>A default folder that cannot be made is no reason not to serve; one that was asked for is.</summary>
    public async Task<ServerOptions> WithoutUnusableAsync(ServerOptions options, ParseResult parsed)
    {
        if (options.Journal is not { } journal || parsed.GetValue(_folder) is not null)
        {
            return options;
        }

        try
        {
            JournalStore.MakeFolder(journal.Folder);
            return options;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(
                $"segbridge: warning: sessions will end with the server, since the folder for their journals cannot be made: {cause.Message} Name another by --journal-folder.");
            return options with { Journal = null };
        }
    }

    private static string DefaultFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "segbridge", "journals");
        }

        var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        return string.IsNullOrEmpty(state)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".local", "state", "segbridge", "journals")
            : Path.Combine(state, "segbridge", "journals");
    }
}
