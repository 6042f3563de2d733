using SegBridge.Cli.Bench.Report;
using SegBridge.Cli.CommandLine;

namespace SegBridge.Cli.Bench.Scaling;

/// <summary>What grows with what: a click with the volume, the prompts and the examples, a server with its sessions, an upload with its voxels.</summary>
internal static class ScalingBench
{
    public static async Task<IReadOnlyList<BenchSection>> RunAsync(Terminal terminal, string models, int rounds, CancellationToken cancellationToken)
    {
        (string About, Func<ScaleServer, int, CancellationToken, Task<BenchSection>> Run)[] all =
        [
            ("volumes of 64³ to 768³", VolumeScale.RunAsync),
            ("scribbles of 1 to 10,000 voxels", PromptScale.RunAsync),
            ("1 to 64 examples", ContextScale.RunAsync),
            ("1 to 64 sessions at once", SessionScale.RunAsync),
            ("volumes opened and closed", MemoryScale.RunAsync),
            ("bricks sent", UploadScale.RunAsync),
            ("gRPC beside gRPC-Web", WebScale.RunAsync),
        ];
        var sections = new List<BenchSection>();
        foreach (var (about, run) in all)
        {
            terminal.Say(about);
            await using var server = await ScaleServer.StartAsync(models, cancellationToken);
            sections.Add(await run(server, rounds, cancellationToken));
        }

        return sections;
    }
}
