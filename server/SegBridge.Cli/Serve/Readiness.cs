using System.Net;
using SegBridge.Cli.CommandLine;
using SegBridge.Server.Hosting;

namespace SegBridge.Cli.Serve;

/// <summary>What a server says once it listens; the only thing that it writes to standard output.</summary>
internal static class Readiness
{
    /// <summary>One line for programs.</summary>
    public static string Json(RunningServer server) => JsonText.Of(new ReadyLine(
        true, Address(server.Grpc), Address(server.Http), Environment.ProcessId, server.Fingerprint is null ? null : Address(server.Grpc), server.Fingerprint,
        server.Doors.ToDictionary(door => door.Name, door => Address(door.Address))));

    /// <summary>A few lines for people.</summary>
    public static string Text(RunningServer server, ServerOptions options)
    {
        var lines = new List<string> { $"SegBridge {ProductVersion.Text} is ready; Ctrl-C stops it." };
        if (server.Fingerprint is { } fingerprint)
        {
            lines.Add($"  in a browser:  {Address(server.Http)}");
            lines.Add($"  gRPC and gRPC-Web:  {Address(server.Grpc)}");
            lines.Add($"  certificate SHA-256: {fingerprint}");
        }
        else
        {
            lines.Add($"  in a browser:  {Address(server.Http)}");
            lines.Add($"  gRPC:      {Address(server.Grpc)}");
            lines.Add($"  gRPC-Web:  {Address(server.Http)}");
        }

        lines.AddRange(server.Doors.Select(door => $"  {door.Clients}:  {Address(door.Address)}"));
        lines.Add($"  models:    {options.ModelFolder}");
        if (options.Tasks.Folder is { } tasks)
        {
            lines.Add($"  tasks:     image slices and masks of examples rest on disk in {tasks}");
        }

        lines.Add(options.KeyFile is { } keys ? $"  API keys:  asked for, hashes in {keys}"
            : IPAddress.IsLoopback(options.Address) ? "  API keys:  not asked for; only programs on this computer can connect"
            : "  API keys:  not asked for");
        return string.Join(Environment.NewLine, lines);
    }

    private static string Address(Uri uri) => uri.GetLeftPart(UriPartial.Authority);

    private sealed record ReadyLine(bool Ready, string Grpc, string Http, int Pid, string? Https, string? Fingerprint, IReadOnlyDictionary<string, string> Doors);
}
