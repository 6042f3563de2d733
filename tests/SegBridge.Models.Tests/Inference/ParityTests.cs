using System.Runtime.InteropServices;
using System.Text.Json;
using SegBridge.Models.Inference;

namespace SegBridge.Models.Tests.Inference;

public sealed class ParityTests
{
    private const double Tolerance = 1e-4;

    [PyTorchFact]
    public void Networks_give_the_numbers_of_PyTorch()
    {
        using var scratch = new ScratchFolder();
        using var device = new InferenceDevice(InferenceDevice.Cpu);
        PyTorch.WriteParityVectors(scratch.Path);
        var cases = Directory.GetDirectories(scratch.Path);
        Assert.Contains("golden", cases.Select(Path.GetFileName));
        Assert.Contains("bundle-prompted", cases.Select(Path.GetFileName));

        foreach (var folder in cases)
        {
            using var meta = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "meta.json")));
            long[] Shape(string name) => [.. meta.RootElement.GetProperty(name).EnumerateArray().Select(length => length.GetInt64())];
            using var part = OnnxPart.Load(
                "unet", meta.RootElement.GetProperty("onnx").GetString()!, device,
                new TensorContract("input", Shape("input")), new TensorContract("logits", Shape("expected")));
            var expected = Floats(Path.Combine(folder, "expected.bin"));
            var actual = new float[expected.Length];

            Floats(Path.Combine(folder, "input.bin")).CopyTo(part.Input.AsSpan());
            part.Run(actual, CancellationToken.None);

            // Relative to the largest of 1 and the logit: sums of a thousand terms differ in their last digits.
            var worst = expected.Zip(actual).Max(pair => Math.Abs(pair.First - pair.Second) / Math.Max(1, Math.Abs(pair.First)));
            Assert.True(worst <= Tolerance, $"{Path.GetFileName(folder)}: the largest difference is {worst}");
            Assert.True(expected.Max() > expected.Min());
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

    private static float[] Floats(string file) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(file)).ToArray();
}
