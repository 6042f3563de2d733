using System.CommandLine;
using System.CommandLine.Parsing;
using SegBridge.Cli.Client;

namespace SegBridge.Cli.CommandLine;

/// <summary>The options by which a command finds its server: one that runs already, or one of its own.</summary>
internal sealed class ServerChoice
{
    private readonly Option<Uri?> _server = new("--server")
    {
        Description = "A running server, such as http://127.0.0.1:8710 [default: start one and stop it at the end]",
        HelpName = "URL",
        CustomParser = ParseUrl,
    };

    private readonly Option<string?> _keyFile = new("--key-file")
    {
        Description = "File whose first line is the API key for --server (also taken from $SEGBRIDGE_API_KEY)",
        HelpName = "FILE",
    };

    private readonly Option<string?> _fingerprint = new("--tls-fingerprint")
    {
        Description = "Trust the server whose certificate has this SHA-256, as \"serve --tls self-signed\" prints it",
        HelpName = "HEX",
    };

    private readonly Option<string?> _models = ModelFolder.Option();

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_server, _keyFile, _fingerprint, _models])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Connects to the chosen server, after starting it where it is our own.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="cancellationToken">Stops a server of our own again.</param>
    /// <param name="ownOptions">Further options of <c>serve</c> for a server of our own.</param>
    /// <exception cref="UserException">The options contradict each other, or the server does not start.</exception>
    public async Task<ServerLease> OpenAsync(ParseResult parsed, CancellationToken cancellationToken, params string[] ownOptions)
    {
        var models = parsed.GetValue(_models);
        if (parsed.GetValue(_server) is { } url)
        {
            return models is null
                ? ServerLease.Of(new ServerAddress(url, KeyFrom(parsed.GetValue(_keyFile)), parsed.GetValue(_fingerprint)))
                : throw UserException.Usage("--models is for the server that this command starts itself; leave it out with --server");
        }

        if (parsed.GetValue(_keyFile) is not null || parsed.GetValue(_fingerprint) is not null)
        {
            throw UserException.Usage("--key-file and --tls-fingerprint belong to a running server; name it with --server URL");
        }

        // A server that ends with its command has no session to take up again.
        return await ServerLease.StartAsync(
            ["--models", ModelFolder.Resolve(models), .. ownOptions.Length > 0 ? ownOptions : ["--no-journal"]], cancellationToken);
    }

    /// <summary>Connects to a server named elsewhere than by --server, which then must be left out.</summary>
    /// <exception cref="UserException">The options contradict each other.</exception>
    public ServerLease Open(ParseResult parsed, Uri url) => parsed.GetValue(_server) is null && parsed.GetValue(_models) is null
        ? ServerLease.Of(new ServerAddress(url, KeyFrom(parsed.GetValue(_keyFile)), parsed.GetValue(_fingerprint)))
        : throw UserException.Usage("--server and --models have no part in comparing two servers; leave them out");

    /// <summary>The key in a file, or of the environment, or null.</summary>
    /// <exception cref="UserException">The file cannot be read or holds no key.</exception>
    public static string? KeyFrom(string? file)
    {
        if (file is null)
        {
            return Environment.GetEnvironmentVariable("SEGBRIDGE_API_KEY") is { Length: > 0 } key ? key : null;
        }

        try
        {
            var line = File.ReadLines(file).Select(text => text.Trim()).FirstOrDefault(text => text.Length > 0 && text[0] != '#')
                ?? throw UserException.Usage($"--key-file: {file} holds no key; its first line must be the key");
            return line.Contains('$', StringComparison.Ordinal)
                ? throw UserException.Usage($"--key-file: {file} is the server's file of hashes; give a file with the key that \"segbridge keys add\" showed")
                : line;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw UserException.Usage($"--key-file: {error.Message}");
        }
    }

    private static Uri? ParseUrl(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        {
            return url;
        }

        result.AddError($"--server must be an address such as http://127.0.0.1:8710, got \"{text}\"");
        return null;
    }
}
