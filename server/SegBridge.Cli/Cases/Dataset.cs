using System.Text.Json;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Cli.Cases;

/// <summary>One image with its label, as <c>dataset.json</c> lists it.</summary>
/// <param name="Id">Name of the case.</param>
/// <param name="Image">Path within the folder.</param>
/// <param name="Label">Path within the folder; integers on the image's grid, 0 is background.</param>
/// <param name="Split">"train", "validation", or null where the data are not split.</param>
/// <param name="Subject">Whose image it is; the case's own name where the data do not say.</param>
internal sealed record DatasetCase(string Id, string Image, string Label, string? Split, string Subject);

/// <summary>A folder of labelled images: <c>images/</c>, <c>labels/</c> and a <c>dataset.json</c> that lists them.</summary>
internal sealed class Dataset
{
    private readonly string _folder;

    private Dataset(string folder, string name, Modality modality, IReadOnlyList<DatasetCase> cases)
    {
        (_folder, Name, Modality, Cases) = (folder, name, modality, cases);
    }

    public string Name { get; }

    /// <summary>By the first word of the description's "modality"; unknown where that is none we know.</summary>
    public Modality Modality { get; }

    public IReadOnlyList<DatasetCase> Cases { get; }

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
                root.TryGetProperty("name", out var name) ? name.GetString()! : Path.GetFileName(Path.GetFullPath(folder)),
                Enum.TryParse<Modality>(modality.Split(' ')[0], out var known) ? known : Modality.Unknown,
                [.. root.GetProperty("cases").EnumerateArray().Select(CaseOf)]);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new UserException($"--data: {file} must have \"cases\", a list of objects with \"id\", \"image\" and \"label\": {error.Message}", cause: error);
        }
    }

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

    /// <summary>The objects of a case: each value of its label and, where there are several, all of them together.</summary>
    /// <exception cref="VolumeFormatException">A file cannot be read.</exception>
    public IReadOnlyList<LabelledCase> ObjectsOf(DatasetCase entry)
    {
        var (image, label, values) = Open(entry);
        var alone = values.Select(value => new LabelledCase(values.Count == 1 ? entry.Id : $"{entry.Id} {value}", image, label, value, Modality));
        return values.Count < 2 ? [.. alone] : [.. alone, new LabelledCase($"{entry.Id} {string.Join('+', values)}", image, label, null, Modality)];
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
        var (image, label) = (VolumeFile.Read(Path.Combine(_folder, entry.Image)), VolumeFile.Read(Path.Combine(_folder, entry.Label)));
        var voxels = new float[label.Geometry.Size.VoxelCount];
        label.ReadBox(label.Geometry.Bounds, voxels);
        return (image, label, [.. voxels.Distinct().Select(value => (int)Math.Round(value)).Where(value => value != 0)]);
    }

    private static DatasetCase CaseOf(JsonElement entry) => new(
        entry.GetProperty("id").GetString()!,
        entry.GetProperty("image").GetString()!,
        entry.GetProperty("label").GetString()!,
        entry.TryGetProperty("split", out var split) ? split.GetString() : null,
        (entry.TryGetProperty("subject", out var subject) ? subject.GetString() : null) ?? entry.GetProperty("id").GetString()!);
}
