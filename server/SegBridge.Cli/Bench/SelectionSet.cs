using System.Text.Json;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Demo;
using SegBridge.Imaging.Geometry;
using SegBridge.Models.Slices;

namespace SegBridge.Cli.Bench;

/// <summary>A finished slice of a data set, and whose it is.</summary>
internal sealed record SelectionSlice(string Subject, bool IsHeldOut, SliceImage Image, byte[] Truth);

/// <summary>The finished slices of a folder with <c>dataset.json</c>, which names images, labels, subjects and a split.</summary>
internal static class SelectionSet
{
    private const int SlicesPerVolume = 6;
    private const int SmallestObject = 20;

    /// <summary>Of every picture the slice; of every volume six across K, evenly spread over those that show the object.</summary>
    /// <exception cref="UserException">There is no such folder, or it is laid out in another way.</exception>
    public static List<SelectionSlice> Read(string folder)
    {
        try
        {
            using var index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "dataset.json")));
            return [.. index.RootElement.GetProperty("cases").EnumerateArray().SelectMany(entry => Slices(folder, entry))];
        }
        catch (Exception error) when (error is IOException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new UserException($"{folder} must hold dataset.json with \"cases\", each with subject, image, label and split: {error.Message}", cause: error);
        }
    }

    private static IEnumerable<SelectionSlice> Slices(string folder, JsonElement entry)
    {
        var @case = LabelledCase.Read(Path.Combine(folder, Text("image")), Path.Combine(folder, Text("label")), null);
        var shown = @case.AreasAcrossK().Index().Where(slice => slice.Item >= SmallestObject).Select(slice => slice.Index).ToArray();
        for (var n = 0; n < Math.Min(SlicesPerVolume, shown.Length); n++)
        {
            var middle = ((2 * n) + 1) * shown.Length / (2 * Math.Min(SlicesPerVolume, shown.Length));
            var slice = new SlicePlane(Axis.K, shown[middle]);
            var truth = @case.TruthOn(slice);
            yield return new SelectionSlice(
                Text("subject"), Text("split") == "validation", new SliceImage(truth.Rows, truth.Columns, @case.ValuesOn(slice), null), truth.Pixels);
        }

        string Text(string name) => entry.GetProperty(name).GetString() ?? "";
    }
}
