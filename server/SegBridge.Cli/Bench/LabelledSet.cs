using System.Text.Json;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Demo;
using SegBridge.Imaging.Intensity;

namespace SegBridge.Cli.Bench;

/// <summary>A labelled volume of a folder of test data, with the window in which its modality is read.</summary>
internal sealed record LabelledSet(LabelledCase Case, IntensityWindow? Window)
{
    private static readonly IntensityWindow SoftTissue = new(-160, 240);

    /// <summary>The first training cases that a folder's dataset.json names; measuring must not touch its validation cases.</summary>
    /// <exception cref="UserException">The folder holds no such file, or not what it must.</exception>
    public static IEnumerable<LabelledSet> Training(string folder, int count)
    {
        var file = Path.Combine(folder, "dataset.json");
        if (!File.Exists(file))
        {
            throw new UserException($"{file} is not there; name a folder with dataset.json, images/ and labels/");
        }

        using var description = JsonDocument.Parse(File.ReadAllBytes(file));
        var root = description.RootElement;
        if (!root.TryGetProperty("cases", out var cases) || root.GetProperty("dimension").GetString() != "3D")
        {
            throw new UserException($"{file} must list 3D cases");
        }

        IntensityWindow? window = root.GetProperty("modality").GetString()!.StartsWith("CT", StringComparison.Ordinal) ? SoftTissue : null;
        var training = cases.EnumerateArray().Where(item => item.GetProperty("split").GetString() == "train").Take(count)
            .Select(item => (Image: PathOf(item, "image"), Label: PathOf(item, "label"))).ToArray();
        return training.Select(item => new LabelledSet(LabelledCase.Read(item.Image, item.Label, null), window));

        string PathOf(JsonElement item, string name) => Path.Combine(folder, item.GetProperty(name).GetString()!);
    }
}
