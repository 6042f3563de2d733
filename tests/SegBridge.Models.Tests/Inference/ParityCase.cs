using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using SegBridge.Models.Inference;

namespace SegBridge.Models.Tests.Inference;

/// <summary>One run of an ONNX part, with the outputs that PyTorch gave.</summary>
internal sealed class ParityCase
{
    private readonly Dictionary<string, long[]> _inputs;
    private readonly Dictionary<string, long[]> _outputs;

    public ParityCase(string folder)
    {
        Folder = folder;
        using var meta = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "meta.json")));
        OnnxFile = meta.RootElement.GetProperty("onnx").GetString()!;
        _inputs = Shapes(meta.RootElement.GetProperty("inputs"));
        _outputs = Shapes(meta.RootElement.GetProperty("outputs"));
    }

    public string Folder { get; }

    public string OnnxFile { get; }

    public float[] Input(string name) => Floats($"input-{name}.bin");

    public float[] Expected(string name) => Floats($"expected-{name}.bin");

    public long[] InputShape(string name) => _inputs[name];

    /// <summary>Every output as expected and as ONNX Runtime gives it.</summary>
    public Dictionary<string, (float[] Expected, float[] Actual)> Run(InferenceDevice device)
    {
        var signature = new PartSignature(
            [.. _inputs.Select(input => new TensorContract(input.Key, input.Value))],
            [.. _outputs.Select(output => new TensorContract(output.Key, output.Value))]);
        using var session = OnnxSession.Open("part", OnnxFile, device, signature);
        var actual = _outputs.ToDictionary(output => output.Key, output => new float[Expected(output.Key).Length], StringComparer.Ordinal);
        List<OrtValue> inputs = [.. _inputs.Select(input => OrtValue.CreateTensorValueFromMemory(Input(input.Key), input.Value))];
        List<OrtValue> outputs = [.. _outputs.Select(output => OrtValue.CreateTensorValueFromMemory(actual[output.Key], output.Value))];
        session.Run(inputs, outputs, CancellationToken.None);
        inputs.Concat(outputs).ToList().ForEach(value => value.Dispose());
        return actual.ToDictionary(output => output.Key, output => (Expected(output.Key), output.Value), StringComparer.Ordinal);
    }

    private static Dictionary<string, long[]> Shapes(JsonElement element) => element.EnumerateObject().ToDictionary(
        entry => entry.Name,
        entry => entry.Value.EnumerateArray().Select(length => length.GetInt64()).ToArray(),
        StringComparer.Ordinal);

    private float[] Floats(string file) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(Folder, file))).ToArray();
}
