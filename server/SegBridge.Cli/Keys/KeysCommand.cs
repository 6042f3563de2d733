using System.CommandLine;
using SegBridge.Cli.CommandLine;
using SegBridge.Server.Hosting;
using SegBridge.Server.Security;

namespace SegBridge.Cli.Keys;

/// <summary><c>segbridge keys add</c>: makes API keys for <c>serve --key-file</c>.</summary>
internal sealed class KeysCommand : TeachingCommand
{
    private const string Teaching = """
        Examples:
          segbridge keys add --file keys.txt --name anna
              prints Anna's key once and adds its hash to keys.txt; a running server notices the new line
          segbridge serve --key-file keys.txt
              lets in who sends a key as "authorization: Bearer KEY"
          To take a key back, delete its line from the file.
        """;

    public KeysCommand()
        : base("keys", "Makes API keys. The server stores only hashes of them.", Teaching)
    {
        Subcommands.Add(Add());
    }

    private static TeachingCommand Add()
    {
        var file = new Option<string>("--file") { Description = "File of hashes for \"serve --key-file\"; made when it does not exist", HelpName = "FILE", Required = true };
        var name = new Option<string>("--name") { Description = "Who the key is for; appears in the server's log. A-Z a-z 0-9 . _ -", HelpName = "NAME", Required = true };
        var json = new Option<bool>("--json") { Description = "Print name and key as one line of JSON" };
        var command = new TeachingCommand("add", "Makes a random key, prints it once and stores its hash.", Teaching) { file, name, json };
        command.SetAction(parsed =>
        {
            var (forName, path) = (parsed.GetValue(name)!, parsed.GetValue(file)!);
            var key = AddTo(path, forName);
            if (parsed.GetValue(json))
            {
                Console.Out.WriteLine(JsonText.Of(new { Name = forName, Key = key }));
            }
            else
            {
                Console.Error.WriteLine($"the key of {forName}; it is shown this once, {path} holds only its hash:");
                Console.Out.WriteLine(key);
            }

            return 0;
        });
        return command;
    }

    /// <summary>Adds a key to a file and returns it.</summary>
    /// <exception cref="UserException">The name is taken or has another form.</exception>
    public static string AddTo(string path, string name)
    {
        string key, line;
        try
        {
            (key, line) = ApiKeyFile.Create(name);
        }
        catch (ServerConfigurationException error)
        {
            throw UserException.Usage(error.Message);
        }

        if (!OutputFolder.IsThere(path))
        {
            throw UserException.Usage($"--file {OutputFolder.Missing(path)}");
        }

        var old = File.Exists(path) ? File.ReadAllText(path) : "";
        if (old.Split('\n').Any(known => known.TrimStart().StartsWith(name + ":", StringComparison.Ordinal)))
        {
            throw UserException.Usage($"{path} has a key for \"{name}\" already; delete its line first or choose another name");
        }

        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, options);
        writer.NewLine = "\n";
        if (old.Length > 0 && !old.EndsWith('\n'))
        {
            writer.WriteLine();
        }

        writer.WriteLine(line);
        return key;
    }
}
