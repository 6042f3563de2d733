using SegBridge.Models.Bundles;
using SegBridge.Models.Golden;
using SegBridge.Models.Inference;

namespace SegBridge.Models.Tests.Golden;

/// <summary>Published networks with golden weights, from checkpoint through import and pipeline to the authors' numbers.</summary>
public sealed class GoldenRunTests : IDisposable
{
    private static readonly string Templates = Path.Combine(Checkout.Root, "models", "templates");

    private readonly ScratchFolder _scratch = new();
    private readonly InferenceDevice _device = new(InferenceDevice.Cpu);

    [Fact]
    public Task ScribblePrompt_UNet_gives_the_numbers_of_its_authors_code() => Check(ModelFamily.ScribblePromptUnet, numbers: 7);

    [FullSizeTheory]
    [InlineData(ModelFamily.MultiverSeg, 14)]
    [InlineData(ModelFamily.ScribblePromptSam, 29)]
    [InlineData(ModelFamily.Prism, 56)]
    public Task Large_networks_give_the_numbers_of_their_authors_code(ModelFamily family, int numbers) => Check(family, numbers);

    [Fact]
    public void The_fill_is_the_one_that_the_numbers_were_measured_with()
    {
        // FNV-1a of "a" is 0xE40C292C; its finaliser by hand.
        var u = GoldenFill.Uniform("a", 2);
        var weights = new float[8];
        GoldenFill.Parameter("x.weight", [2, 4], weights);

        Assert.All(u, value => Assert.InRange(value, 0f, 1f));
        Assert.Equal(ByHand(0xE40C292C), u[0], 1e-7);
        Assert.Equal(ByHand(unchecked(0xE40C292C + 0x9E3779B9)), u[1], 1e-7);
        Assert.All(weights, value => Assert.InRange(Math.Abs(value), 0, Math.Sqrt(3.0 * 2 / 8)));
    }

    [Fact]
    public void Settling_moves_only_logits_on_the_wrong_side_of_0_and_tells_how_far_they_were()
    {
        var signs = new GoldenSigns([[0, 0, 1], [0, 1, 0]], [[1, 0, 0]]);

        var (settled, farthest) = signs.Settle([5, -3e-5f, 2e-5f, -1, 4e-5f, 0, 0, 7], size: 2);

        Assert.Equal([5, 1e-6f, 2e-5f, -1, -1e-6f, 0, 0, 7], settled);
        Assert.Equal(4e-5, farthest, 1e-9);
        Assert.All(GoldenSigns.OfPrism, step => Assert.InRange(step.Inside.Count + step.Outside.Count, 1, 28));
    }

    public void Dispose()
    {
        _device.Dispose();
        _scratch.Dispose();
    }

    private static double ByHand(uint x)
    {
        unchecked
        {
            x = (x ^ (x >> 16)) * 0x85EBCA6B;
            x = (x ^ (x >> 13)) * 0xC2B2AE35;
            return (x ^ (x >> 16)) / Math.Pow(2, 32);
        }
    }

    private async Task Check(ModelFamily family, int numbers)
    {
        var rows = await GoldenRun.RunAsync(family, Templates, _scratch.Path, _device, null, CancellationToken.None);

        Assert.Equal(numbers, rows.Count);
        var wrong = rows.Where(row => !row.Holds).Select(row => $"{row.Tensor} {row.What}: {row.Actual}, not {row.Expected}");
        Assert.True(!wrong.Any(), string.Join("; ", wrong));
    }
}
