namespace SegBridge.Cli.Demo.Slices;

/// <summary>The demo's last line with <c>--json</c>; the names and their order are a promise.</summary>
/// <param name="Model">Bundle that answered.</param>
/// <param name="Case">File or phantom.</param>
/// <param name="Steps">Over all slices.</param>
/// <param name="FinalDice">Mean Dice over the prompted slices after the last step.</param>
/// <param name="VolumeBytes">The volume's voxels, uncompressed.</param>
/// <param name="SentBytes">All bytes up, from opening the session to closing it.</param>
internal sealed record SliceDemoReport(
    string Model, string Case, IReadOnlyList<SliceDemoReportStep> Steps, double FinalDice, long VolumeBytes, long SentBytes)
{
    /// <summary>
    /// Means over the slices of Dice, confidence and milliseconds, sums of prompts and bytes. A slice with nothing left
    /// to correct keeps its Dice and confidence and takes no part in the milliseconds.
    /// </summary>
    public static SliceDemoReport Of(string model, string name, IEnumerable<SliceStepRecord> records, long volumeBytes, long sentBytes)
    {
        var steps = records.GroupBy(record => record.Step).OrderBy(group => group.Key).Select(Aggregate).ToArray();
        return new SliceDemoReport(model, name, steps, steps.Length == 0 ? 0 : steps[^1].Dice, volumeBytes, sentBytes);
    }

    private static SliceDemoReportStep Aggregate(IGrouping<int, SliceStepRecord> step)
    {
        var sent = step.Where(record => record.Prompts > 0).ToArray();
        return new SliceDemoReportStep(
            step.Key,
            step.Sum(record => record.Prompts),
            Math.Round(step.Average(record => record.Dice), 4),
            Math.Round(step.Average(record => record.Confidence), 4),
            Math.Round(sent.Length == 0 ? 0 : sent.Average(record => record.ServerMs), 2),
            Math.Round(sent.Length == 0 ? 0 : sent.Average(record => record.TotalMs), 2),
            step.Sum(record => record.BytesUp),
            step.Sum(record => record.BytesDown));
    }
}

/// <summary>One step over all slices.</summary>
internal sealed record SliceDemoReportStep(
    int Step, int Prompts, double Dice, double Confidence, double ServerMs, double TotalMs, long BytesUp, long BytesDown);
