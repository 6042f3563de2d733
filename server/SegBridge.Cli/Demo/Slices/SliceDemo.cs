using SegBridge.Cli.Cases;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Sheet;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;

namespace SegBridge.Cli.Demo.Slices;

/// <summary><c>demo --family 2d</c>: a 2D model on some slices across the object.</summary>
internal sealed class SliceDemo(DemoSettings settings, Terminal terminal) : DemoFamily
{
    private readonly LabelledCase _case = settings.OpenCase();

    public override async Task PlayAsync(ServerLease lease, CancellationToken cancellationToken)
    {
        var window = ChooseWindow();
        var run = new SliceDemoRun(_case, settings, window);
        await SliceStepTable.ShowAsync(terminal, report => run.PlayAsync(lease.Connection, report, cancellationToken));
        var result = SliceDemoReport.Of(run.ModelId, _case.Name, run.Records, _case.Image.Data.Length, lease.Connection.Bytes.Up);
        Save(run, window, result);
        if (terminal.Json)
        {
            await terminal.Results.WriteLineAsync(JsonText.Of(result));
        }
    }

    private IntensityWindow? ChooseWindow()
    {
        if (settings.Window is { } given)
        {
            terminal.Say($"{_case.Name}: {_case.Image.Geometry.Size} voxels, window {given}");
            return given;
        }

        var isCt = _case.Modality == Modality.CT;
        terminal.Say(isCt
            ? $"{_case.Name}: {_case.Image.Geometry.Size} voxels; it looks like CT, so the window is soft tissue, {ViewWindow.SoftTissue} HU (--window chooses another)"
            : $"{_case.Name}: {_case.Image.Geometry.Size} voxels; no window, the model scales each slice by itself (--window sets one)");
        return isCt ? ViewWindow.SoftTissue : null;
    }

    private void Save(SliceDemoRun run, IntensityWindow? window, SliceDemoReport result)
    {
        var mask = Path.Combine(settings.Output, "mask.nii.gz");
        var sheet = Path.Combine(settings.Output, "contact-sheet.png");
        DemoFiles.WriteMask(mask, run.Mask!, _case.Image.Geometry);
        DemoFiles.WriteSheet(
            sheet, [.. Rows(run.Records, window)], FormattableString.Invariant($"{_case.Name}  {run.ModelId}  mean dice {result.FinalDice:0.000}"));
        var share = 100.0 * result.SentBytes / Math.Max(1, result.VolumeBytes);
        terminal.Say(FormattableString.Invariant(
            $"mean Dice over the slices after {result.Steps.Count} steps: {result.FinalDice:0.000}; sent {ByteText.Of(result.SentBytes)} of a volume of {ByteText.Of(result.VolumeBytes)} ({share:0.0} %)"));
        terminal.Say($"mask:    {Path.GetFullPath(mask)}");
        terminal.Say($"picture: {Path.GetFullPath(sheet)}");
    }

    private IEnumerable<SheetRow> Rows(IEnumerable<SliceStepRecord> records, IntensityWindow? window)
    {
        foreach (var slice in records.GroupBy(record => record.Slice))
        {
            var view = DemoFiles.ViewOf(_case, new SlicePlane(Axis.K, slice.Key));
            yield return new SheetRow(
                FormattableString.Invariant($"slice {slice.Key}"),
                view,
                window ?? DemoFiles.WindowOf(view),
                [.. slice.Select((record, n) => new SheetStep(
                    FormattableString.Invariant($"step {n + 1}"), new SliceOverlay(record.Drawn.Positive, record.Drawn.Negative, record.Mask), record.Dice))]);
        }
    }
}
