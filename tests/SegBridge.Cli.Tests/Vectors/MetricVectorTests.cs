using System.Text.Json;
using SegBridge.Cli.Metrics;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Cli.Tests.Vectors;

/// <summary>Measures equal those that SciPy and NumPy give.</summary>
public sealed class MetricVectorTests
{
    private static readonly JsonElement Vectors = SharedVectors.Read("metrics");

    [Fact]
    public void Overlap_surface_distances_and_volume_errors_are_those_of_SciPy()
    {
        foreach (var pair in Vectors.GetProperty("pairs").EnumerateArray())
        {
            double[] spacing = [.. pair.GetProperty("spacing").EnumerateArray().Select(side => side.GetDouble())];
            var scores = MaskScores.Of(
                Block(pair.GetProperty("truth")), Block(pair.GetProperty("mask")), new Spacing(spacing[2], spacing[1], spacing[0]), pair.GetProperty("tolerance").GetDouble());
            Assert.Equal(pair.GetProperty("dice").GetDouble(), scores.Dice, 12);
            Assert.Equal(pair.GetProperty("iou").GetDouble(), scores.Iou, 12);
            Assert.Equal(pair.GetProperty("hd95").GetDouble(), scores.Hd95!.Value, 9);
            Assert.Equal(pair.GetProperty("nsd").GetDouble(), scores.Nsd, 9);
            Assert.Equal(pair.GetProperty("volumeError").GetDouble(), scores.VolumeError, 12);
        }
    }

    [Fact]
    public void The_calibration_error_is_that_of_NumPy()
    {
        var calibration = Vectors.GetProperty("calibration");
        var predictions = calibration.GetProperty("confidence").EnumerateArray().Zip(calibration.GetProperty("dice").EnumerateArray())
            .Select(pair => (pair.First.GetDouble(), pair.Second.GetDouble())).ToArray();
        var found = Calibration.Of(predictions);
        Assert.Equal(calibration.GetProperty("error").GetDouble(), found.Error, 12);
        Assert.Equal(predictions.Length, found.Bins.Sum(bin => bin.Count));
    }

    [Fact]
    public void An_empty_mask_is_as_wrong_as_can_be()
    {
        var truth = Block(Vectors.GetProperty("pairs")[0].GetProperty("truth"));
        var scores = MaskScores.Of(truth, new BitBlock(truth.Box), new Spacing(1, 1, 1), 5);
        Assert.Equal(new MaskScores(0, 0, null, 0, -1), scores);
    }

    private static BitBlock Block(JsonElement slices)
    {
        var maps = slices.EnumerateArray().Select(slice => slice.Map()).ToArray();
        var size = new VolumeSize(maps[0].Columns, maps[0].Rows, maps.Length);
        return BitBlock.FromVoxels(size.Bounds, maps.SelectMany(map => map.Pixels).ToArray());
    }
}
