using System.CommandLine;
using Grpc.Core;
using SegBridge.Cli.Client;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Evaluate.Playing;
using SegBridge.Cli.Evaluate.Protocols;

namespace SegBridge.Cli.Evaluate;

/// <summary>The options that say what is evaluated: a model, two models of one server, or two servers.</summary>
internal sealed class ArmChoice
{
    private readonly ServerChoice _server = new();
    private readonly Option<string?> _model = new("--model") { Description = "A model's id, see \"segbridge models list\" [default: the first that suits the protocol, the server's own before others]", HelpName = "ID" };
    private readonly Option<string?> _compare = new("--compare") { Description = "Play the same objects with two models (ids) or on two servers (addresses) and report the paired differences", HelpName = "A,B" };

    public void AddTo(Command command)
    {
        command.Options.Add(_model);
        command.Options.Add(_compare);
        _server.AddTo(command);
    }

    /// <summary>Connects, starts a server of our own where none is named, and finds the models.</summary>
    /// <exception cref="UserException">The options contradict each other, or a server or model is not to be had.</exception>
    public async Task<ArmLease> OpenAsync(ParseResult parsed, Protocol protocol, CancellationToken cancellationToken)
    {
        var names = Compared(parsed.GetValue(_compare));
        var model = parsed.GetValue(_model);
        var lease = new ArmLease();
        try
        {
            if (names is not null && names.All(IsAddress))
            {
                foreach (var name in names)
                {
                    await lease.AddAsync(name, lease.Keep(_server.Open(parsed, new Uri(name))), model, protocol, cancellationToken);
                }
            }
            else if (names is not null && (model is not null || names.Any(IsAddress)))
            {
                throw UserException.Usage("--compare must be two models (ids, without --model) or two servers (addresses)");
            }
            else
            {
                string[] own = protocol.IsSeries ? ["--task-folder", lease.Scratch(), "--no-journal"] : [];
                var connection = lease.Keep(await _server.OpenAsync(parsed, cancellationToken, own));
                foreach (var id in names ?? (string?[])[model])
                {
                    await lease.AddAsync(null, connection, id, protocol, cancellationToken);
                }
            }

            return lease;
        }
        catch
        {
            await lease.DisposeAsync();
            throw;
        }
    }

    private static string[]? Compared(string? text)
    {
        var names = text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return names is null || (names.Length == 2 && names[0] != names[1])
            ? names
            : throw UserException.Usage($"--compare must be two different models or servers with a comma between, got \"{text}\"");
    }

    private static bool IsAddress(string name) => Uri.TryCreate(name, UriKind.Absolute, out var url) && url.Scheme is "http" or "https";
}

/// <summary>What is evaluated, and the servers behind it as long as it lasts.</summary>
internal sealed class ArmLease : IAsyncDisposable
{
    private readonly List<Arm> _arms = [];
    private readonly List<ServerLease> _servers = [];
    private DirectoryInfo? _scratch;

    public IReadOnlyList<Arm> All => _arms;

    /// <summary>A folder that goes away in the end.</summary>
    public string Scratch() => (_scratch ??= Directory.CreateTempSubdirectory("segbridge-evaluate-")).FullName;

    public ServerConnection Keep(ServerLease server)
    {
        _servers.Add(server);
        return server.Connection;
    }

    /// <param name="name">Null: the model's id.</param>
    public async Task AddAsync(string? name, ServerConnection connection, string? model, Protocol protocol, CancellationToken cancellationToken)
    {
        try
        {
            var chosen = await ModelChoice.ChooseAsync(
                connection,
                model,
                one => one.Dimension == protocol.Dimension && (model is not null || !protocol.IsSeries || one.UsesContext),
                protocol.IsSeries ? "2D models that use context" : $"{protocol.Dimension}D models",
                cancellationToken);
            _arms.Add(new Arm(name ?? chosen.Id, connection, chosen));
        }
        catch (RpcException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw connection.Explain(error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        _scratch?.Delete(recursive: true);
    }
}
