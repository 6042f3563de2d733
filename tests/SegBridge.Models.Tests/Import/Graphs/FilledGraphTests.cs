using SegBridge.Models.Import;
using SegBridge.Models.Import.Graphs;
using SegBridge.Models.Inference;

namespace SegBridge.Models.Tests.Import.Graphs;

public sealed class FilledGraphTests : IDisposable
{
    private static readonly float[] W = [1, 0.1f, -2, 3, -4, 0.3f];
    private readonly ScratchFolder _scratch = new();
    private readonly InferenceDevice _device = new(InferenceDevice.Cpu);

    [Fact]
    public void A_template_names_what_it_leaves_open()
    {
        var template = GraphTemplate.Parse(TinyTemplate.Bytes());

        Assert.Equal(["w", "layer.1.weight", "bias"], template.Weights.Select(weight => weight.Name));
        Assert.Equal([2, 3], template.Weights[0].Shape);
        Assert.Equal(["MatMul", "PRelu", "Mul", "Add"], template.Nodes.Select(node => node.Operator));
    }

    [Theory]
    [InlineData(false, 1e-6)]
    [InlineData(true, 1e-2)]
    public void A_filled_graph_computes_what_the_template_says(bool half, double tolerance)
    {
        var (bytes, rounding) = Fill(half);

        float[] x = [2, -1];
        var expected = Enumerable.Range(0, 3).Select(n =>
        {
            var sum = (x[0] * W[n]) + (x[1] * W[3 + n]);
            return ((sum >= 0 ? sum : 0.25f * sum) * TinyTemplate.Scale) + n;
        });
        foreach (var (wanted, actual) in expected.Zip(Run(bytes, x)))
        {
            Assert.Equal(wanted, actual, tolerance);
        }

        Assert.Equal(-1, bytes.AsSpan().IndexOf("PRelu"u8));
        // The slope can be found again: its node has the name of its layer.
        var filled = bytes.AsSpan();
        Assert.True(filled.IndexOf("LeakyRelu"u8) > 0 && filled.IndexOf("layer.1"u8) > 0 && filled.IndexOf("layer.1.weight"u8) < 0);
        Assert.Equal(half, filled.IndexOf("w.float"u8) > 0);
        Assert.True(filled.IndexOf("bias.float"u8) < 0);
        if (half)
        {
            Assert.Equal("w", rounding!.Worst);
            Assert.Equal(W.Max(value => Math.Abs(value - (float)(Half)value)), rounding.LargestError);
        }
    }

    [Fact]
    public void A_weight_too_large_for_halves_is_refused_by_name()
    {
        var exception = Assert.Throws<ImportException>(() => Fill(true, first: 70_000));

        Assert.Contains("w has the value 70000, and float16 ends at 65504: import it without --half", exception.Message, StringComparison.Ordinal);
        Fill(false, first: 70_000);
    }

    [Fact]
    public void What_is_no_template_is_refused()
    {
        Assert.Contains("must be float32 in \"checkpoint\", it is in \"elsewhere\"", Refusal(TinyTemplate.Bytes("elsewhere")), StringComparison.Ordinal);
        Assert.Contains("it has no graph", Refusal([]), StringComparison.Ordinal);
        Assert.Contains("no ONNX file, or is damaged", Refusal("hello world"u8.ToArray()), StringComparison.Ordinal);
        Assert.Contains("it leaves no weights open", Refusal(Convert.FromBase64String(InferenceDevices.Probe)), StringComparison.Ordinal);
        Assert.Contains("gone.onnx cannot be used", Assert.Throws<TemplateException>(() => GraphTemplate.Read(Path.Combine(_scratch.Path, "gone.onnx"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Spoilt_templates_are_read_or_refused()
    {
        var random = new Random(5);
        var valid = TinyTemplate.Bytes();
        for (var n = 0; n < 2000; n++)
        {
            var spoilt = valid.ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                spoilt[random.Next(spoilt.Length)] = (byte)random.Next(256);
            }

            try
            {
                _ = GraphTemplate.Parse(spoilt);
            }
            catch (Exception exception) when (exception is TemplateException or OverflowException)
            {
                Assert.NotEmpty(exception.Message);
            }
        }
    }

    public void Dispose()
    {
        _device.Dispose();
        _scratch.Dispose();
    }

    private static string Refusal(byte[] bytes) => Assert.Throws<TemplateException>(() => GraphTemplate.Parse(bytes)).Message;

    private static (byte[] Bytes, HalfRounding? Rounding) Fill(bool half, float? first = null)
    {
        var rounding = half ? new HalfRounding() : null;
        var graph = new FilledGraph(GraphTemplate.Parse(TinyTemplate.Bytes()), new Weights(first), rounding);
        using var stream = new MemoryStream();
        var wrote = 0L;
        graph.Write(stream, bytes => wrote += bytes, CancellationToken.None);
        Assert.Equal(graph.WeightBytes, wrote);
        return (stream.ToArray(), rounding);
    }

    private float[] Run(byte[] bytes, float[] x)
    {
        var path = Path.Combine(_scratch.Path, "tiny.onnx");
        File.WriteAllBytes(path, bytes);
        using var part = OnnxPart.Load("tiny", path, _device, new TensorContract("x", [1, 2]), new TensorContract("y", [1, 3]));
        x.CopyTo(part.Input.AsSpan());
        var y = new float[3];
        part.Run(y, CancellationToken.None);
        return y;
    }

    private sealed class Weights(float? first) : IWeights
    {
        public void Read(TemplateWeight weight, Span<float> values)
        {
            float[] source = weight.Name switch
            {
                "w" => [first ?? W[0], .. W[1..]],
                "bias" => [0, 1, 2],
                _ => [0.25f],
            };
            source.CopyTo(values);
        }
    }
}
