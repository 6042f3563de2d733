using SegBridge.Cli.Cases;
using SegBridge.Cli.Client;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Simulation;
using SegBridge.Imaging.Intensity;

namespace SegBridge.Cli.Demo.Volumes;

/// <summary>
/// <c>demo</c>: a 3D model on a whole object, with proposals to choose from, corrections, and a server that is killed in
/// the middle.
/// </summary>
internal sealed class VolumeDemo : DemoFamily
{
    private const int UsualSteps = 6;
    private const int UsualSlices = 3;

    private readonly DemoSettings _settings;
    private readonly Terminal _terminal;
    private readonly LabelledCase _case;

    /// <exception cref="UserException">The case cannot be read or has no object.</exception>
    public VolumeDemo(DemoSettings settings, Terminal terminal)
    {
        (_settings, _terminal, _case) = (settings, terminal, settings.OpenCase());
    }

    // Where a journal lies must not outlive the demo.
    public override IReadOnlyList<string> ServerOptions(string scratch) => ["--journal-folder", Path.Combine(scratch, "journals")];

    public override async Task PlayAsync(ServerLease lease, CancellationToken cancellationToken)
    {
        var model = await ModelChoice.ChooseAsync(
            lease.Connection, _settings.Model, model => model.Dimension == 3, "3D models", cancellationToken);
        var reader = VolumeRadiologist.Named(_settings.Protocol ?? VolumeRadiologist.Names[0]);
        var run = new VolumeDemoRun(_case, reader, _settings.Steps ?? UsualSteps, _settings.Seed, model.Id);
        var shown = new ShownSlices(_case, _settings.Slices ?? UsualSlices);
        _terminal.Say($"{_case.Name}: {_case.Image.Geometry.Size} voxels of {_case.Image.Geometry.Spacing} mm, model {model.Id}");
        if (!lease.IsOwn)
        {
            _terminal.Say("the server is somebody else's, so it is not killed in the middle; without --server it would be");
        }

        await VolumeStepTable.ShowAsync(_terminal, report => run.PlayAsync(lease, shown.Add, report, cancellationToken));
        var result = new VolumeDemoReport(
            model.Id,
            _case.Name,
            run.Events,
            run.Events.Any(done => done.Event == "resumed"),
            run.Events[^1].Dice,
            _case.Image.Data.Length,
            run.SentBytes);
        Tell(run, result);
        Save(run, shown, result);
        if (_terminal.Json)
        {
            await _terminal.Results.WriteLineAsync(JsonText.Of(result));
        }
    }

    private void Tell(VolumeDemoRun run, VolumeDemoReport result)
    {
        _terminal.Say(result.Steps.FirstOrDefault(done => done.Event == "choice") is { } choice
            ? $"step {choice.Step}: the reader chose proposal {choice.Chosen}, better than the server's choice; it was refined anew and later steps built on it"
            : "the server's choice among the proposals was as good as any other at every step, so the reader chose none");
        if (result.Steps.FirstOrDefault(done => done.Event == "resumed") is { } resumed)
        {
            _terminal.Say(FormattableString.Invariant(
                $"after step {resumed.Step} the server was killed (kill -9); a new one resumed the session within {resumed.TotalMs / 1000:0.0} s, the mask is the same bit for bit"));
        }

        if (run.Lost.Length > 0)
        {
            _terminal.Say($"the server says about the resumed session: {run.Lost}");
        }
    }

    private void Save(VolumeDemoRun run, ShownSlices shown, VolumeDemoReport result)
    {
        var mask = Path.Combine(_settings.Output, "mask.nii.gz");
        var sheet = Path.Combine(_settings.Output, "contact-sheet.png");
        DemoFiles.WriteMask(mask, run.Mask, _case.Image.Geometry);
        var window = _settings.Window ?? (_case.Modality == Modality.CT ? ViewWindow.SoftTissue : null);
        DemoFiles.WriteSheet(sheet, [.. shown.Rows(window)], FormattableString.Invariant($"{_case.Name}  {result.Model}  dice {result.FinalDice:0.000}"));
        var share = 100.0 * result.SentBytes / Math.Max(1, result.VolumeBytes);
        _terminal.Say(FormattableString.Invariant(
            $"Dice of the volume: {result.FinalDice:0.000}; sent {ByteText.Of(result.SentBytes)} of a volume of {ByteText.Of(result.VolumeBytes)} ({share:0.0} %)"));
        _terminal.Say($"mask:    {Path.GetFullPath(mask)}");
        _terminal.Say($"picture: {Path.GetFullPath(sheet)}");
    }
}
