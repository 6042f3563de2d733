using System.CommandLine;
using SegBridge.Cli.CommandLine;
using SegBridge.Models.Import;
using Spectre.Console;

namespace SegBridge.Cli.Models;

/// <summary><c>segbridge models import</c>: a published checkpoint becomes a bundle.</summary>
internal sealed class ImportCommand : TeachingCommand
{
    private const string Teaching = """
        Examples:
          segbridge models import --family scribbleprompt-unet --checkpoint ScribblePrompt_unet_v1_nf192_res128.pt --id sp-unet
              the weights as they are
          segbridge models import --family prism --checkpoint best.pth.tar --id prism-colon --preset colon --half
              half the size on disk; PRISM needs the intensities it was trained with
          segbridge models import --family multiverseg --checkpoint MultiverSeg_v1_nf256_res128.pt --id multiverseg \
              --unet ScribblePrompt_unet_v1_nf192_res128.pt
              with the network that answers while there are no examples
          segbridge models import --family multiverseg --checkpoint universeg_v1_nf64_ss64_STA.pt --id sp-uvs \
              --unet ScribblePrompt_unet_v1_nf192_res128.pt
              UniverSeg proposes from five examples on, ScribblePrompt-UNet refines
        Only weights are read; nothing in a checkpoint is ever run.
        """;

    private readonly ImportOptions _options = new();
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON to standard output" };

    public ImportCommand()
        : base("import", "Makes a bundle of a published checkpoint.", Teaching)
    {
        _options.AddTo(this);
        Options.Add(_json);
        SetAction(async (parsed, cancellationToken) =>
        {
            var terminal = new Terminal(parsed.GetValue(_json));
            var report = await RunAsync(_options.RequestOf(parsed), terminal, cancellationToken);
            if (terminal.Json)
            {
                await terminal.Results.WriteLineAsync(JsonText.Of(report));
            }
            else
            {
                Show(terminal, report);
            }

            return 0;
        });
    }

    private static async Task<ImportReport> RunAsync(ImportRequest request, Terminal terminal, CancellationToken cancellationToken)
    {
        if (!terminal.IsLive)
        {
            return await Task.Run(() => CheckpointImporter.Import(request, null, cancellationToken), CancellationToken.None);
        }

        return await terminal.People.Progress().AutoClear(true).StartAsync(async context =>
        {
            using var bars = new ImportBars(context);
            return await Task.Run(() => CheckpointImporter.Import(request, bars, cancellationToken), CancellationToken.None);
        });
    }

    private static void Show(Terminal terminal, ImportReport report)
    {
        foreach (var source in report.Sources)
        {
            terminal.Say($"{source.File}: {source.Tensors} tensors, {ByteText.Of(source.Bytes)}");
            Line(terminal, "inside", string.Join(" → ", source.Unwrapped));
            Line(terminal, "left out (no prediction depends on it)", string.Join(", ", source.LeftOut.Take(6)) + (source.LeftOut.Count > 6 ? $" and {source.LeftOut.Count - 6} more" : ""));
            Line(terminal, "in the file, not read", string.Join(", ", source.Unread));
        }

        foreach (var part in report.Parts)
        {
            terminal.Say($"{part.Name}: {part.File}, {ByteText.Of(part.Bytes ?? 0)}");
        }

        foreach (var missing in report.MissingParts)
        {
            terminal.Say($"{missing}: left out, the checkpoint was trained without it");
        }

        if (report.Half is { } half)
        {
            terminal.Say(FormattableString.Invariant($"float16: rounding changed a weight by {half.LargestError:g3} at most ({half.Tensor})"));
        }

        terminal.Say(FormattableString.Invariant($"the network runs: loaded and run once in {report.SelfTestMs / 1000:0.0} s"));
        terminal.Say($"model {report.Id} is ready in {report.Folder}");
    }

    private static void Line(Terminal terminal, string name, string text)
    {
        if (text.Length > 0)
        {
            terminal.Say($"  {name}: {text}");
        }
    }
}
