using SegBridge.Models.Volumes;
using SegBridge.Models.Volumes.Patches;

namespace SegBridge.Models.Tests.Volumes;

public sealed class MostUncertainVoxelTests
{
    [Fact]
    public void It_is_the_voxel_with_the_largest_mean_around_it()
    {
        const int size = 11;
        var chance = new Random(4);
        for (var round = 0; round < 5; round++)
        {
            var logits = Enumerable.Range(0, size * size * size).Select(_ => (float)(12 * chance.NextDouble()) - 6).ToArray();

            var found = MostUncertainVoxel.Find(logits, size)!.Value;

            var means = Enumerable.Range(0, logits.Length).Select(n => MeanAround(logits, PatchVoxel.At(n, size), size)).ToArray();
            Assert.Equal(means.Max(), found.Uncertainty, 1e-5);
            Assert.Equal(means[found.Voxel.OffsetIn(size)], found.Uncertainty, 1e-5);
        }
    }

    [Fact]
    public void A_model_that_is_sure_everywhere_names_none() =>
        Assert.Null(MostUncertainVoxel.Find([.. Enumerable.Repeat(-20f, 8 * 8 * 8)], 8));

    private static double MeanAround(float[] logits, PatchVoxel voxel, int size)
    {
        var values =
            from r in Near(voxel.R, size)
            from a in Near(voxel.A, size)
            from s in Near(voxel.S, size)
            let p = 1 / (1 + Math.Exp(-logits[new PatchVoxel(r, a, s).OffsetIn(size)]))
            select 1 - Math.Abs((2 * p) - 1);
        return values.Average();
    }

    private static IEnumerable<int> Near(int at, int size) => Enumerable.Range(at - 3, 7).Where(n => n >= 0 && n < size);
}
