using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using SegBridge.Cli.CommandLine;
using SegBridge.Server.Hosting;
using SegBridge.Sessions;
using SegBridge.Sessions.Tasks;

namespace SegBridge.Cli.Serve;

/// <summary><c>segbridge serve</c>.</summary>
internal sealed class ServeCommand : TeachingCommand
{
    private readonly Option<IPAddress> _address = new("--address")
    {
        Description = "Address to listen on; 0.0.0.0 means all, then use --tls and --key-file",
        HelpName = "IP",
        DefaultValueFactory = _ => IPAddress.Loopback,
        CustomParser = ParseAddress,
    };

    private readonly Option<int> _grpcPort = WholeNumber.Option("--grpc-port", "Port for gRPC; with TLS for everything. 0 takes any free port", 8710, 0, 65535, "PORT");
    private readonly Option<int> _httpPort = WholeNumber.Option("--http-port", "Port for the page and gRPC-Web from browsers, without TLS. 0 takes any free port", 8711, 0, 65535, "PORT");
    private readonly Option<string?> _models = ModelFolder.Option();
    private readonly Option<string?> _tasks = new("--task-folder") { Description = "Switch tasks on: finished image slices and masks, kept as examples for models that learn from context, rest on disk in this folder until they are removed", HelpName = "DIR" };
    private readonly Option<string?> _tls = new("--tls") { Description = "self-signed: make a certificate and print its fingerprint", HelpName = "self-signed" };
    private readonly Option<string?> _tlsCert = new("--tls-cert") { Description = "Certificate of your own (PEM), with --tls-key", HelpName = "FILE" };
    private readonly Option<string?> _tlsKey = new("--tls-key") { Description = "Its private key (PEM, not encrypted)", HelpName = "FILE" };
    private readonly Option<string?> _keyFile = new("--key-file") { Description = "Ask for an API key; the file holds hashes, see \"segbridge keys add\"", HelpName = "FILE" };
    private readonly Option<string[]> _origins = new("--allow-origin") { Description = "Web page that may call this server, such as https://viewer.example; may be repeated", HelpName = "URL" };
    private readonly Option<LogFormat> _logFormat = new("--log-format") { Description = "Log lines on standard error", HelpName = "text|json", DefaultValueFactory = _ => LogFormat.Text };
    private readonly Option<int?> _maxSessions = WholeNumber.Optional("--max-sessions", "Sessions open at once [default: 64]", 1, 100_000);
    private readonly Option<int?> _maxMemory = WholeNumber.Optional("--max-memory-mb", "Memory for volumes and masks of all sessions [default: half of what there is]", 64, 16 << 20, "MB");
    private readonly Option<int?> _idle = WholeNumber.Optional("--idle-timeout-s", "End a session after so long without work [default: 1800]", 1, 7 * 24 * 3600, "SECONDS");
    private readonly Option<int?> _liveness = WholeNumber.Optional("--liveness-timeout-s", "End a session after so long without any call [default: 300]", 1, 7 * 24 * 3600, "SECONDS");
    private readonly Option<int?> _brickWait = WholeNumber.Optional("--brick-wait-s", "Let a prediction wait so long for voxels [default: 60]", 1, 3600, "SECONDS");
    private readonly Option<int?> _rate = WholeNumber.Optional("--rate-limit", "Calls per second of one client, 0 for no limit [default: 1000]", 0, 1_000_000);
    private readonly JournalChoice _journal = new();
    private readonly ServedArchives _archives = new();
    private readonly DoorChoice _doors = new();
    private readonly MonaiChoice _monai = new();
    private readonly Option<bool> _json = new("--json") { Description = "Say where the server listens as one line of JSON" };
    private readonly Option<bool> _stopWithInput = new("--stop-with-input") { Description = "Stop when standard input ends; for programs that start a server" };

    public ServeCommand()
        : base("serve", "Runs the server until Ctrl-C. By default it listens on this computer only, in plain text: gRPC on 8710, the page for browsers and gRPC-Web on 8711.", """
            Examples:
              segbridge serve
                  for programs on this computer
              segbridge keys add --file keys.txt --name anna && segbridge serve --address 0.0.0.0 --tls self-signed --key-file keys.txt
                  for a network: encrypted, for those who hold a key
              segbridge serve --archive-file archives.json
                  fetches DICOM series itself from the archives that the file describes, when a client names one of them
              segbridge serve --doors nninteractive
                  also for the nnInteractive extension of 3D Slicer, at http://127.0.0.1:1527
              segbridge serve --doors monai --monai-label liver --monai-label tumour
                  also for the MONAI Label module of 3D Slicer, at http://127.0.0.1:8000
              segbridge serve --grpc-port 0 --http-port 0 --json --stop-with-input
                  for a program that starts a server of its own and reads where it listens
            """)
    {
        _tls.AcceptOnlyFromAmong("self-signed");
        foreach (var option in (Option[])[
            _address, _grpcPort, _httpPort, _models, _tasks, _tls, _tlsCert, _tlsKey, _keyFile, _origins, _logFormat, _maxSessions, _maxMemory, _idle,
            _liveness, _brickWait, _rate, .. _journal.Options, .. _archives.Options, .. _doors.Options, .. _monai.Options, _json, _stopWithInput])
        {
            Options.Add(option);
        }

        Validators.Add(CheckTls);
        Validators.Add(_journal.Check);
        Validators.Add(_doors.Check);
        Validators.Add(result => _monai.Check(result, _doors.Opens(result, DoorKind.MonaiLabel)));
        SetAction(RunAsync);
    }

    /// <summary>What the options mean to the server.</summary>
    public ServerOptions OptionsOf(ParseResult parsed)
    {
        var (sessions, limits) = (new SessionOptions(), new LimitSettings());
        return new ServerOptions
        {
            ModelFolder = ModelFolder.Resolve(parsed.GetValue(_models)),
            Address = parsed.GetValue(_address)!,
            GrpcPort = parsed.GetValue(_grpcPort),
            HttpPort = parsed.GetValue(_httpPort),
            Tls = parsed.GetValue(_tls) is not null ? new TlsSettings.SelfSigned()
                : parsed.GetValue(_tlsCert) is { } certificate ? new TlsSettings.FromPem(certificate, parsed.GetValue(_tlsKey)!)
                : null,
            KeyFile = parsed.GetValue(_keyFile),
            AllowedOrigins = parsed.GetValue(_origins) ?? [],
            Sessions = sessions with
            {
                MaxSessions = parsed.GetValue(_maxSessions) ?? sessions.MaxSessions,
                MaxTotalBytes = parsed.GetValue(_maxMemory) is { } megabytes ? megabytes * 1_000_000L : sessions.MaxTotalBytes,
                IdleTimeout = Seconds(parsed.GetValue(_idle)) ?? sessions.IdleTimeout,
                LivenessTimeout = Seconds(parsed.GetValue(_liveness)) ?? sessions.LivenessTimeout,
                BrickWait = Seconds(parsed.GetValue(_brickWait)) ?? sessions.BrickWait,
            },
            Tasks = new TaskOptions { Folder = parsed.GetValue(_tasks) },
            Limits = parsed.GetValue(_rate) is { } rate ? limits with { CallsPerSecond = rate == 0 ? null : rate } : limits,
            Journal = _journal.OptionsOf(parsed),
            Archives = _archives.ArchivesOf(parsed),
            Doors = _doors.SettingsOf(parsed),
            Monai = _monai.SettingsOf(parsed),
            Samples = PhantomSamples.All,
            Log = new LogSettings { Format = parsed.GetValue(_logFormat) },
        };
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = await _journal.WithoutUnusableAsync(OptionsOf(parsed), parsed);
        if (!IPAddress.IsLoopback(options.Address) && options.Tls is null && options.KeyFile is null)
        {
            await Console.Error.WriteLineAsync(
                $"segbridge: warning: {options.Address} is open to others without encryption and without keys; anyone who reaches it can use it. Add --tls self-signed and --key-file FILE.");
        }

        foreach (var (name, _) in options.Archives.Where(archive => archive.Value.ExposesCredentials))
        {
            await Console.Error.WriteLineAsync($"segbridge: warning: credentials go to the archive {name} without encryption; use its https address if it has one.");
        }

        await using var server = await StartAsync(options, cancellationToken);
        await Console.Out.WriteLineAsync(parsed.GetValue(_json) ? Readiness.Json(server) : Readiness.Text(server, options));
        await Console.Out.FlushAsync(cancellationToken);
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = cancellationToken.Register(() => stop.TrySetResult());
        var input = parsed.GetValue(_stopWithInput) ? Task.Run(WaitForEndOfInput, CancellationToken.None) : Task.Delay(Timeout.Infinite, CancellationToken.None);
        await Task.WhenAny(stop.Task, input, server.Completion);
        // In order: a program that started us may be gone, but calls in progress may still be answered.
        await server.StopAsync(CancellationToken.None);
        return 0;
    }

    private static async Task<RunningServer> StartAsync(ServerOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await ServerHost.StartAsync(options, cancellationToken);
        }
        catch (ServerConfigurationException error)
        {
            // A rule that an option breaks has no further cause.
            var isUsage = error.InnerException is null or FileNotFoundException or DirectoryNotFoundException;
            throw new UserException(error.Message, isUsage ? UserException.WrongUsage : UserException.Failed, error);
        }
    }

    private static void WaitForEndOfInput()
    {
        using var input = Console.OpenStandardInput();
        Span<byte> ignored = stackalloc byte[256];
        try
        {
            while (input.Read(ignored) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Gone is gone.
        }
    }

    private void CheckTls(CommandResult result)
    {
        var (own, made) = ((result.GetValue(_tlsCert), result.GetValue(_tlsKey)), result.GetValue(_tls));
        if (own.Item1 is null != own.Item2 is null)
        {
            result.AddError("--tls-cert and --tls-key belong together: give both");
        }
        else if (own.Item1 is not null && made is not null)
        {
            result.AddError("--tls self-signed and --tls-cert exclude each other: give one");
        }
    }

    private static TimeSpan? Seconds(int? value) => value is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private static IPAddress? ParseAddress(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (text == "localhost")
        {
            return IPAddress.Loopback;
        }

        if (IPAddress.TryParse(text, out var address))
        {
            return address;
        }

        result.AddError($"--address must be an IP address such as 127.0.0.1 or 0.0.0.0, got \"{text}\"");
        return null;
    }
}
