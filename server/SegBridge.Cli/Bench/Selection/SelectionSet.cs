using SegBridge.Cli.Cases;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Geometry;
using SegBridge.Models.Slices;

namespace SegBridge.Cli.Bench.Selection;

/// <summary>A finished slice of a data set, and whose it is.</summary>
internal sealed record SelectionSlice(string Subject, bool IsHeldOut, SliceImage Image, byte[] Truth);

/// <summary>The finished slices of a data set.</summary>
internal static class SelectionSet
{
    private const int SlicesPerVolume = 6;
    private const int SmallestObject = 20;

    /// <summary>Of every picture the slice; of every volume six across K, evenly spread over those that show the object.</summary>
    /// <exception cref="UserException">There is no such folder, or it is laid out in another way.</exception>
    public static List<SelectionSlice> Read(string folder)
    {
        var dataset = Dataset.Read(folder);
        return [.. dataset.Cases.SelectMany(entry => Slices(dataset.WholeOf(entry), entry))];
    }

    private static IEnumerable<SelectionSlice> Slices(LabelledCase labelled, DatasetCase entry)
    {
        var shown = labelled.AreasAcrossK().Index().Where(slice => slice.Item >= SmallestObject).Select(slice => slice.Index).ToArray();
        for (var n = 0; n < Math.Min(SlicesPerVolume, shown.Length); n++)
        {
            var middle = ((2 * n) + 1) * shown.Length / (2 * Math.Min(SlicesPerVolume, shown.Length));
            var slice = new SlicePlane(Axis.K, shown[middle]);
            var truth = labelled.TruthOn(slice);
            yield return new SelectionSlice(
                entry.Subject, entry.Split == "validation", new SliceImage(truth.Rows, truth.Columns, labelled.ValuesOn(slice), null), truth.Pixels);
        }
    }
}
