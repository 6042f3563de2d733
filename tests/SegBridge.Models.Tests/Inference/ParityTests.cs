using SegBridge.Models.Inference;

namespace SegBridge.Models.Tests.Inference;

[Collection(ParityVectors.Collection)]
public sealed class ParityTests(ParityVectors vectors)
{
    [PyTorchTheory]
    [InlineData("unet", "golden")]
    [InlineData("unet", "bundle-random")]
    [InlineData("unet", "bundle-prompted")]
    [InlineData("sam", "sam-encoder")]
    [InlineData("sam", "sam-decoder-points")]
    [InlineData("sam", "sam-decoder-points-and-box")]
    [InlineData("sam", "sam-decoder-many-points-and-mask")]
    [InlineData("multiverseg", "multiverseg-1")]
    [InlineData("multiverseg", "multiverseg-5")]
    [InlineData("multiverseg", "universeg-3")]
    [InlineData("multiverseg", "multiverseg-deep-16")]
    [InlineData("prism", "windowed-prism-encoder")]
    [InlineData("prism", "windowed-prism-decoder-0")]
    [InlineData("prism", "windowed-prism-decoder-1")]
    [InlineData("prism", "windowed-prism-refiner-0")]
    [InlineData("prism", "mapped-prism-encoder")]
    [InlineData("prism", "mapped-prism-decoder-1")]
    [InlineData("prism", "mapped-prism-refiner-1")]
    public void Networks_give_the_numbers_of_PyTorch(string family, string name)
    {
        var parity = vectors.Case(family, name);
        using var device = new InferenceDevice(InferenceDevice.Cpu, threads: 1);

        foreach (var (output, (expected, actual)) in parity.Run(device))
        {
            Agreement.Assert(expected, actual, $"{name}: {output}");
        }
    }

    [Fact]
    public void A_cancelled_run_ends_as_cancelled_and_the_next_one_works()
    {
        using var device = new InferenceDevice(InferenceDevice.Cpu);
        using var part = OnnxPart.Load(
            "unet", Directory.GetFiles(Checkout.ShippedBundle, "*.onnx").Single(), device,
            new TensorContract("input", [1, 5, 128, 128]), new TensorContract("logits", [1, 1, 128, 128]));
        var logits = new float[128 * 128];

        Assert.ThrowsAny<OperationCanceledException>(() => part.Run(logits, new CancellationToken(true)));
        part.Run(logits, CancellationToken.None);

        Assert.Contains(logits, value => value != 0);
    }
}
