using System.Diagnostics;
using System.Text;
using System.Text.Json;
using SegBridge.Cli.CommandLine;

namespace SegBridge.Cli.Client;

/// <summary>
/// A server of our own as a child process on free ports. It ends with this program however that ends: it watches its
/// standard input, which closes with us.
/// </summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(5);

    private readonly Process _process;

    private ServerProcess(Process process, Uri address, Uri web)
    {
        (_process, Address, WebAddress) = (process, new ServerAddress(address), web);
    }

    public ServerAddress Address { get; }

    /// <summary>Of gRPC-Web and the page.</summary>
    public Uri WebAddress { get; }

    /// <param name="options">Further options of <c>serve</c>, such as the folder of model bundles.</param>
    /// <param name="cancellationToken">Stops the server again.</param>
    /// <exception cref="UserException">It did not start; the message ends with what it said.</exception>
    public static async Task<ServerProcess> StartAsync(IReadOnlyList<string> options, CancellationToken cancellationToken)
    {
        var process = new Process { StartInfo = StartInfo(options) };
        var log = new StringBuilder();
        process.ErrorDataReceived += (_, line) =>
        {
            lock (log)
            {
                log.AppendLine(line.Data);
            }
        };
        process.Start();
        process.BeginErrorReadLine();
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(StartWithin);
            var line = await process.StandardOutput.ReadLineAsync(limit.Token)
                ?? throw new UserException($"the server ended while it started: {LastLine()}");
            return new ServerProcess(process, AddressIn(line, "grpc"), AddressIn(line, "http"));
        }
        catch (Exception error)
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            if (error is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                throw new UserException($"the server did not start within {StartWithin.TotalSeconds} seconds: {LastLine()}", cause: error);
            }

            throw;
        }

        string LastLine()
        {
            // The last lines may still be on their way.
            process.WaitForExit(500);
            lock (log)
            {
                return log.ToString().Trim().Split('\n').LastOrDefault(said => said.Trim().Length > 0)?.Trim() is { Length: > 0 } said ? said : "it said nothing";
            }
        }
    }

    /// <summary>Bytes of memory that the server holds now.</summary>
    public long MemoryBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Ends the server at once, as a power failure would: nothing is said, nothing is saved.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
            using var limit = new CancellationTokenSource(StopWithin);
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }
        finally
        {
            _process.Dispose();
        }
    }

    private static ProcessStartInfo StartInfo(IReadOnlyList<string> options)
    {
        var program = Environment.ProcessPath ?? throw new UserException("this program cannot tell where it is; start \"segbridge serve\" and use --server");
        var info = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
        {
            info.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "segbridge.dll"));
        }

        foreach (var argument in (string[])["serve", "--grpc-port", "0", "--http-port", "0", "--json", "--stop-with-input", .. options])
        {
            info.ArgumentList.Add(argument);
        }

        return info;
    }

    private static Uri AddressIn(string line, string protocol)
    {
        try
        {
            using var ready = JsonDocument.Parse(line);
            return new Uri(ready.RootElement.GetProperty(protocol).GetString()!);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or UriFormatException)
        {
            throw new UserException($"the server did not say where it listens: \"{line}\"", cause: error);
        }
    }
}
