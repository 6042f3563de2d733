using Microsoft.ML.OnnxRuntime;
using SegBridge.Cli.Bench.Floor;

namespace SegBridge.Cli.Tests.Bench;

public sealed class MacCountTests
{
    // y = conv(x, ones 3×3) with padding on 1×1×8×8, as an ONNX file.
    private const string Convolution =
        "CAgSADqaAQoiCgF4CgF3EgF5IgRDb252KhEKBHBhZHNAAUABQAFAAaABBxIFcHJvYmUqMwgBCAEIAwgDEAFCAXdKJAAAgD8AAIA/AACA"
        + "PwAAgD8AAIA/AACAPwAAgD8AAIA/AACAP1obCgF4EhYKFAgBEhAKAggBCgIIAQoCCAgKAggIYhsKAXkSFgoUCAESEAoCCAEKAggBCgII"
        + "CAoCCAhCBAoAEBE=";

    [Fact]
    public void A_convolution_counts_its_kernel_once_for_every_value_it_makes()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var file = Path.Combine(folder.FullName, "convolution.onnx");
            File.WriteAllBytes(file, Convert.FromBase64String(Convolution));
            using var input = OrtValue.CreateTensorValueFromMemory(new float[64], [1, 1, 8, 8]);

            Assert.Equal(64 * 9, MacCount.Of(file, "x", input));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_matrix_product_runs_and_has_a_rate()
    {
        using var product = new MatrixProduct();

        Assert.True(product.GigaMacsPerSecond() > 0);
    }
}
