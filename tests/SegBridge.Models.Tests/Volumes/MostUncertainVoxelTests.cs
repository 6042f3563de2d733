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

            var found = MostUncertainVoxel.Find(logits, null, [], new PromptMaps(size))!.Value;

            var means = Enumerable.Range(0, logits.Length).Select(n => MeanAround(logits, PatchVoxel.At(n, size), size)).ToArray();
            Assert.Equal(means.Max(), found.Uncertainty, 1e-5);
            Assert.Equal(means[found.Voxel.OffsetIn(size)], found.Uncertainty, 1e-5);
        }
    }

    [Fact]
    public void A_model_that_is_sure_everywhere_names_none() =>
        Assert.Null(MostUncertainVoxel.Find([.. Enumerable.Repeat(-20f, 8 * 8 * 8)], null, [], new PromptMaps(8)));

    [Fact]
    public void It_is_inside_the_volume()
    {
        var logits = Doubtful(new PatchVoxel(2, 2, 2), new PatchVoxel(12, 8, 8));
        var inside = new PatchBox(new PatchVoxel(7, 0, 0), new PatchVoxel(Size, Size, Size));

        var found = MostUncertainVoxel.Find(logits, inside, [], new PromptMaps(Size))!.Value;

        Assert.InRange(found.Voxel.R, 9, 15);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_is_not_where_the_user_has_prompted_already(bool positive)
    {
        var (spoken, other) = (new PatchVoxel(3, 3, 3), new PatchVoxel(12, 12, 12));
        var logits = Doubtful(spoken, other);
        var prompts = new VolumePrompts();
        prompts.Points.Add(new PatchPoint(spoken.R, spoken.A, spoken.S, positive));
        var maps = new PromptMaps(Size);
        maps.Add(prompts);

        var found = MostUncertainVoxel.Find(logits, null, [], maps)!.Value.Voxel;

        Assert.True(Math.Max(Math.Abs(found.R - spoken.R), Math.Max(Math.Abs(found.A - spoken.A), Math.Abs(found.S - spoken.S))) > 3, $"{found}");
    }

    [Fact]
    public void Of_two_spots_in_doubt_it_is_the_one_on_which_candidates_disagree()
    {
        var (agreed, disputed) = (new PatchVoxel(3, 3, 3), new PatchVoxel(12, 12, 12));
        var logits = Doubtful(agreed, disputed);
        var other = new float[logits.Length];
        other.AsSpan().Fill(-1);
        foreach (var n in Enumerable.Range(0, logits.Length).Where(n => PatchVoxel.At(n, Size).R > 8))
        {
            other[n] = 1;
        }

        var found = MostUncertainVoxel.Find(logits, null, [new VolumeCandidate(logits, 0.5f), new VolumeCandidate(other, 0.4f)], new PromptMaps(Size))!.Value;

        Assert.InRange(found.Voxel.R, 9, 15);
        Assert.Equal(MeanAround(logits, found.Voxel, Size), found.Uncertainty, 1e-5);
    }

    private const int Size = 16;

    // Sure of the outside but for cubes of 5³ voxels around the spots.
    private static float[] Doubtful(params PatchVoxel[] spots) => [.. Enumerable.Range(0, Size * Size * Size)
        .Select(n => PatchVoxel.At(n, Size))
        .Select(voxel => spots.Any(spot => Math.Abs(voxel.R - spot.R) <= 2 && Math.Abs(voxel.A - spot.A) <= 2 && Math.Abs(voxel.S - spot.S) <= 2) ? -0.1f : -8f)];

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
