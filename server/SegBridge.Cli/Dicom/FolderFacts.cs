using SegBridge.Imaging.Dicom;

namespace SegBridge.Cli.Dicom;

/// <summary>What a folder holds, as it is shown.</summary>
/// <param name="Objects">Segmentations and structure sets.</param>
/// <param name="Refused">Files that are not DICOM, or cannot be read.</param>
internal sealed record FolderFacts(IReadOnlyList<SeriesFacts> Series, IReadOnlyList<ObjectFacts> Objects, IReadOnlyList<string> Refused)
{
    public static FolderFacts Of(DicomFolder folder) => new(
        [.. folder.Series().Select(SeriesFacts.Of)],
        [.. folder.Files.Select(file => ObjectFacts.Of(file.Dataset)).OfType<ObjectFacts>()],
        folder.Refused);

    public IEnumerable<string> Lines() =>
    [
        .. Series.SelectMany(series => series.Lines()),
        .. Objects.Select(other => $"{other.Kind} of series {other.SeriesInstanceUid}: {string.Join(", ", other.Segments)}"),
        .. Refused.Select(reason => $"not read: {reason}"),
        .. Series.Count + Objects.Count == 0 ? new[] { "no DICOM images, segmentations or structure sets" } : [],
    ];
}

/// <param name="Stacks">What can be made a volume; more than one is a choice.</param>
internal sealed record SeriesFacts(
    string SeriesInstanceUid, string Modality, int Images, IReadOnlyList<StackFacts> Stacks, IReadOnlyList<string> Notes)
{
    public static SeriesFacts Of(DicomSeries series) => new(
        series.SeriesInstanceUID, series.Modality, series.Instances.Count, [.. series.Stacks.Select(StackFacts.Of)],
        [.. series.Notes, .. series.Malformed]);

    public IEnumerable<string> Lines() =>
    [
        $"{Modality} series {SeriesInstanceUid}: {Images} file{(Images == 1 ? "" : "s")}",
        .. Stacks.Select((stack, n) => $"  {n}: {stack.Line}"),
        .. Stacks.Count == 0 ? new[] { "  no image has a position in the patient" } : [],
        .. Notes.Select(note => $"  {note}"),
    ];
}

/// <param name="Size">Columns, rows, slices.</param>
/// <param name="SpacingMm">Along a row, along a column, from slice to slice.</param>
/// <param name="Problem">Why it makes no volume as it is, or null.</param>
internal sealed record StackFacts(
    string Description, IReadOnlyList<int> Size, IReadOnlyList<double> SpacingMm, string TransferSyntax, bool IsTilted, string? Problem)
{
    private const int Decimals = 4;

    public string Line =>
        FormattableString.Invariant($"{Description}, {SpacingMm[0]} × {SpacingMm[1]} × {SpacingMm[2]} mm, {TransferSyntax}")
        + (IsTilted ? ", tilted gantry" : "")
        + (Problem is null ? "" : $"; {Problem}");

    public static StackFacts Of(DicomStack stack) => new(
        stack.ToString(),
        [stack.Size.I, stack.Size.J, stack.Size.K],
        [Math.Round(stack.Spacing.I, Decimals), Math.Round(stack.Spacing.J, Decimals), Math.Round(stack.Spacing.K, Decimals)],
        stack.TransferSyntax.Name,
        stack.IsTilted,
        stack.Problem is null ? null : stack.Explanation);
}

/// <param name="Kind">"SEG" or "RTSTRUCT".</param>
/// <param name="Segments">Names of segments or regions.</param>
internal sealed record ObjectFacts(string Kind, string SeriesInstanceUid, IReadOnlyList<string> Segments)
{
    public static ObjectFacts? Of(DicomDataset dataset)
    {
        var (kind, list, name) = dataset.GetStringOrNull(DicomTag.SOPClassUID) switch
        {
            DicomUID.SegmentationStorage => ("SEG", DicomTag.SegmentSequence, DicomTag.SegmentLabel),
            DicomUID.RTStructureSetStorage => ("RTSTRUCT", DicomTag.StructureSetROISequence, DicomTag.ROIName),
            _ => default,
        };
        return kind is null
            ? null
            : new ObjectFacts(
                kind,
                dataset.GetStringOrNull(DicomTag.SeriesInstanceUID) ?? "",
                [.. dataset.GetSequence(list).Select(item => item.GetStringOrNull(name) ?? "")]);
    }
}
