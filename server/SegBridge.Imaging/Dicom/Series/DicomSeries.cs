using SegBridge.Imaging.Formats;

namespace SegBridge.Imaging.Dicom;

/// <summary>The images of one series, sorted into stacks, each of which can be one volume.</summary>
public sealed class DicomSeries
{
    private readonly DicomReadLimits _limits;
    private readonly List<string> _notes = [];
    private readonly List<string> _malformed = [];

    private DicomSeries(IReadOnlyList<DicomDataset> instances, DicomReadLimits limits)
    {
        (Instances, _limits) = (instances, limits);
        var images = instances
            .Where(instance => instance.Contains(DicomTag.PixelData))
            .DistinctBy(instance => instance.GetStringOrNull(DicomTag.SOPInstanceUID) ?? Guid.NewGuid().ToString())
            .ToArray();
        if (images.Length < instances.Count(instance => instance.Contains(DicomTag.PixelData)))
        {
            _notes.Add("images that came twice, with the same SOP Instance UID, were taken once");
        }

        Stacks = StackFinder.Find([.. images.SelectMany(FramesOf)], _notes);
    }

    public string SeriesInstanceUID => Instances[0].GetStringOrNull(DicomTag.SeriesInstanceUID) ?? "";

    public string StudyInstanceUID => Instances[0].GetStringOrNull(DicomTag.StudyInstanceUID) ?? "";

    /// <summary>"CT", "MR", …; empty where the file does not say.</summary>
    public string Modality => Instances[0].GetStringOrNull(DicomTag.Modality) ?? "";

    public IReadOnlyList<DicomDataset> Instances { get; }

    /// <summary>The largest first. None where no image has a place in the patient.</summary>
    public IReadOnlyList<DicomStack> Stacks { get; }

    /// <summary>What was left out, for people; without patient data.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Why images cannot be used; while there are any, the series makes no volume.</summary>
    public IReadOnlyList<string> Malformed => _malformed;

    /// <summary>Groups datasets by their Series Instance UID, in the order of their first appearance.</summary>
    /// <param name="limits">Null: <see cref="DicomReadLimits.Default"/>.</param>
    public static IReadOnlyList<DicomSeries> Group(IEnumerable<DicomDataset> instances, DicomReadLimits? limits = null) =>
    [
        .. instances.GroupBy(instance => instance.GetStringOrNull(DicomTag.SeriesInstanceUID) ?? "")
            .Select(series => new DicomSeries([.. series], limits ?? DicomReadLimits.Default)),
    ];

    /// <summary>Reads one stack as a volume.</summary>
    /// <param name="options">Null: <see cref="DicomVolumeOptions.Default"/>.</param>
    /// <exception cref="DicomSeriesException">A decision is needed that the options do not make.</exception>
    /// <exception cref="VolumeFormatException">An image is malformed, or its pixels cannot be read.</exception>
    public DicomVolume ToVolume(DicomVolumeOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= DicomVolumeOptions.Default;
        if (_malformed.Count > 0)
        {
            throw new VolumeFormatException($"{_malformed.Count} of the series' images are malformed: {_malformed[0]}");
        }

        return VolumeAssembler.Assemble(Choose(options), options, _notes, _limits, cancellation);
    }

    private DicomFrame[] FramesOf(DicomDataset instance)
    {
        try
        {
            return [.. DicomFrame.Of(instance, _limits)];
        }
        catch (VolumeFormatException e)
        {
            _malformed.Add(e.Message);
            return [];
        }
    }

    private DicomStack Choose(DicomVolumeOptions options)
    {
        var descriptions = Stacks.Select((stack, n) => $"{n}: {stack}").ToArray();
        var chosen = options.Stack switch
        {
            _ when Stacks.Count == 0 => throw new DicomSeriesException(
                DicomSeriesProblem.NoImages, "the series has no image with a position and orientation in the patient"),
            null when Stacks.Count > 1 => throw new DicomSeriesException(
                DicomSeriesProblem.SeveralStacks, $"the series holds {Stacks.Count} stacks; choose one of: {string.Join("; ", descriptions)}", descriptions),
            null => Stacks[0],
            { } n when n >= 0 && n < Stacks.Count => Stacks[n],
            { } n => throw new DicomSeriesException(
                DicomSeriesProblem.SeveralStacks, $"a stack of 0 to {Stacks.Count - 1} can be chosen, got {n}; there are: {string.Join("; ", descriptions)}", descriptions),
        };
        return chosen.HasDuplicates
            ? throw new DicomSeriesException(
                DicomSeriesProblem.DuplicateSlices, $"several slices lie at the same place and nothing in them tells which belong together ({chosen})")
            : chosen;
    }
}
