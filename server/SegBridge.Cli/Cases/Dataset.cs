using System.Globalization;
using System.Text.Json;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Cli.Cases;

/// <summary>
/// A folder of labelled images: <c>images/</c>, <c>labels/</c> and a <c>dataset.json</c> that lists them, or files that
/// belong together by their names.
/// </summary>
internal sealed class Dataset
{
    private readonly string _folder;

    private readonly IReadOnlyDictionary<string, string> _labels;

    private Dataset(string folder, string name, Modality modality, IReadOnlyList<DatasetCase> cases, IReadOnlyDictionary<string, string>? labels = null)
    {
        (_folder, Name, Modality, Cases, _labels) = (folder, name, modality, cases, labels ?? new Dictionary<string, string>());
    }

    public string Name { get; }

    /// <summary>By the first word of the description's "modality"; unknown where that is none we know.</summary>
    public Modality Modality { get; }

    public IReadOnlyList<DatasetCase> Cases { get; }

    /// <summary>
    /// A folder as it is met: one with a <c>dataset.json</c>, a folder of such folders (each is one), or one with files that
    /// belong together by their names.
    /// </summary>
    /// <exception cref="UserException">It is none of these.</exception>
    public static IReadOnlyList<Dataset> Open(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw UserException.Usage($"--data: there is no folder \"{folder}\"");
        }

        bool IsDescribed(string path) => File.Exists(Path.Combine(path, "dataset.json"));
        if (IsDescribed(folder))
        {
            return [Read(folder)];
        }

        if (PairedFiles.Find(folder) is { Count: > 0 } pairs)
        {
            return [new Dataset(folder, NameOf(folder), Modality.Unknown, pairs)];
        }

        var several = Directory.GetDirectories(folder).Where(IsDescribed).Order(StringComparer.Ordinal).Select(Read).ToArray();
        return several.Length > 0
            ? several
            : throw UserException.Usage(
                $"--data: {folder} has no labelled images; give a folder with a dataset.json, with images/ and labels/ of the same names, or with pairs such as ct.nii.gz and ct_label.nii.gz");
    }

    /// <summary>One image and its label.</summary>
    /// <exception cref="UserException">A file is not there.</exception>
    public static Dataset OfPair(string volume, string label)
    {
        foreach (var (option, path) in new[] { ("--volume", volume), ("--label", label) })
        {
            GivenFile.Require(option, path);
        }

        var name = VolumeName.Of(volume);
        return new Dataset("", name, Modality.Unknown, [new DatasetCase(name, volume, label, null, name, [])]);
    }

    /// <exception cref="UserException">There is no such folder, or its description cannot be read.</exception>
    public static Dataset Read(string folder)
    {
        var file = Path.Combine(folder, "dataset.json");
        if (!File.Exists(file))
        {
            throw UserException.Usage($"--data: there is no {file}; give a folder with images/, labels/ and a dataset.json that lists them");
        }

        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file));
            var root = json.RootElement;
            var modality = root.TryGetProperty("modality", out var text) ? text.GetString() ?? "" : "";
            return new Dataset(
                folder,
                root.TryGetProperty("name", out var name) ? name.GetString()! : NameOf(folder),
                Enum.TryParse<Modality>(modality.Split(' ')[0], out var known) ? known : Modality.Unknown,
                [.. root.GetProperty("cases").EnumerateArray().Select(CaseOf)],
                root.TryGetProperty("labels", out var labels) && labels.ValueKind == JsonValueKind.Object
                    ? labels.EnumerateObject().ToDictionary(label => label.Name, label => label.Value.ToString())
                    : null);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new UserException($"--data: {file} must have \"cases\", a list of objects with \"id\", \"image\" and \"label\": {error.Message}", cause: error);
        }
    }

    /// <summary>Whether <see cref="Of"/> has an answer.</summary>
    public bool Has(string split) => Cases.Any(entry => entry.Split is null || entry.Split == split);

    /// <summary>The cases of a split; all of them where the data are not split at all.</summary>
    /// <exception cref="UserException">The data have other splits only.</exception>
    public IReadOnlyList<DatasetCase> Of(string split)
    {
        var splits = Cases.Select(entry => entry.Split).OfType<string>().Distinct().Order().ToArray();
        var chosen = Cases.Where(entry => entry.Split is null || entry.Split == split).ToArray();
        return chosen.Length > 0
            ? chosen
            : throw UserException.Usage($"--split: {Name} has no case of the split \"{split}\"; it has {string.Join(", ", splits)}");
    }

    /// <summary>Where a file of a case lies.</summary>
    public string PathOf(string file) => Path.Combine(_folder, file);

    /// <summary>What a value of the labels means, as far as the data say; "all" for all of them together.</summary>
    public string LabelOf(int? value) => value is { } number
        ? _labels.GetValueOrDefault(number.ToString(CultureInfo.InvariantCulture)) ?? $"label {number.ToString(CultureInfo.InvariantCulture)}"
        : "all";

    /// <summary>The objects of a case: each value of its label and, where there are several, all of them together.</summary>
    /// <exception cref="VolumeFormatException">A file cannot be read.</exception>
    public IReadOnlyList<LabelledCase> ObjectsOf(DatasetCase entry)
    {
        var (image, label, values) = Open(entry);
        var modality = Modality == Modality.Unknown ? ModalityGuess.Of(image) : Modality;
        var alone = values.Select(value => new LabelledCase(values.Count == 1 ? entry.Id : $"{entry.Id} {value}", image, label, value, modality));
        return values.Count < 2 ? [.. alone] : [.. alone, new LabelledCase($"{entry.Id} {string.Join('+', values)}", image, label, null, modality)];
    }

    /// <summary>All that a case's label marks, as one object.</summary>
    /// <exception cref="VolumeFormatException">A file cannot be read.</exception>
    public LabelledCase WholeOf(DatasetCase entry)
    {
        var (image, label, _) = Open(entry);
        return new LabelledCase(entry.Id, image, label, null, Modality);
    }

    /// <summary>The object of one value of a case's label, null for the lowest; null when the label has none.</summary>
    /// <exception cref="VolumeFormatException">A file cannot be read.</exception>
    public LabelledCase? ObjectOf(DatasetCase entry, int? value)
    {
        var (image, label, values) = Open(entry);
        return values.Count == 0 || (value is { } wanted && !values.Contains(wanted))
            ? null
            : new LabelledCase(entry.Id, image, label, value ?? values.Min, Modality);
    }

    private (Volume Image, Volume Label, SortedSet<int> Values) Open(DatasetCase entry)
    {
        var (image, label) = (VolumeFile.Read(PathOf(entry.Image)), VolumeFile.Read(PathOf(entry.Label)));
        var voxels = new float[label.Geometry.Size.VoxelCount];
        label.ReadBox(label.Geometry.Bounds, voxels);
        return (image, label, [.. voxels.Distinct().Select(value => (int)Math.Round(value)).Where(value => value != 0)]);
    }

    private static DatasetCase CaseOf(JsonElement entry) => new(
        entry.GetProperty("id").GetString()!,
        entry.GetProperty("image").GetString()!,
        entry.GetProperty("label").GetString()!,
        entry.TryGetProperty("split", out var split) ? split.GetString() : null,
        (entry.TryGetProperty("subject", out var subject) ? subject.GetString() : null) ?? entry.GetProperty("id").GetString()!,
        ScribblesOf(entry));

    private static string[] ScribblesOf(JsonElement entry) => entry switch
    {
        _ when entry.TryGetProperty("scribbles", out var several) => [.. several.EnumerateArray().Select(file => file.GetString()!)],
        _ when entry.TryGetProperty("scribble", out var one) => [one.GetString()!],
        _ => [],
    };

    private static string NameOf(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
}
