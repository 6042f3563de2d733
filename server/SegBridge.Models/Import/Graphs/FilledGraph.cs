using System.Runtime.InteropServices;

namespace SegBridge.Models.Import.Graphs;

/// <summary>
/// A template with its weights, written from front to back: at any time no more than one weight is in memory. A PRelu
/// whose one slope is a weight becomes a LeakyRelu, which is the same function and which runtimes fuse into the
/// convolution before it. With halves, weights of two and more axes are stored as float16 and cast where they are used;
/// biases and norms are small and stay float32.
/// </summary>
internal sealed class FilledGraph
{
    private const long LargestModel = int.MaxValue;
    private readonly GraphTemplate _template;
    private readonly IWeights _source;
    private readonly HalfRounding? _half;
    private readonly List<TemplateWeight> _weights;
    private readonly List<byte[]> _nodes = [];

    /// <param name="template">The graph.</param>
    /// <param name="source">Every weight of it.</param>
    /// <param name="half">Null: all weights stay float32.</param>
    public FilledGraph(GraphTemplate template, IWeights source, HalfRounding? half)
    {
        _template = template;
        _source = source;
        _half = half;
        var slopes = Slopes();
        _weights = [.. template.Weights.Where(weight => !slopes.Contains(weight.Name))];
        foreach (var weight in _weights.Where(IsHalf))
        {
            _nodes.Add(GraphNode.CastToFloat(weight.Name, FloatNameOf(weight.Name)).ToBytes());
        }

        var halves = _weights.Where(IsHalf).Select(weight => weight.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var node in template.Nodes)
        {
            var filled = IsShared(node, slopes)
                ? LeakyReluOf(node)
                : node with { Inputs = [.. node.Inputs.Select(input => halves.Contains(input) ? FloatNameOf(input) : input)] };
            _nodes.Add(filled.ToBytes());
        }
    }

    /// <summary>Bytes of all weights as they will be stored.</summary>
    public long WeightBytes => _weights.Sum(DataSize);

    /// <summary>Writes the model.</summary>
    /// <param name="stream">Written from front to back.</param>
    /// <param name="wrote">Told the bytes of every weight that was written.</param>
    /// <param name="cancellation">Looked at before every weight.</param>
    /// <exception cref="ImportException">The model is larger than an ONNX file may be, or a value does not fit into float16.</exception>
    public void Write(Stream stream, Action<long> wrote, CancellationToken cancellation)
    {
        var length = _nodes.Sum(node => WireWriter.SizeOfBytes(OnnxFields.GraphNode, node.Length))
            + _weights.Sum(weight => WireWriter.SizeOfBytes(OnnxFields.GraphInitializer, TensorSize(weight)))
            + _template.GraphRest.Sum(field => field.Length);
        if (length > LargestModel)
        {
            throw new ImportException($"the network would have {length} bytes; an ONNX file has at most {LargestModel}");
        }

        var writer = new WireWriter(stream);
        foreach (var field in _template.ModelRest)
        {
            writer.Raw(field.Span);
        }

        writer.Begin(OnnxFields.ModelGraph, length);
        foreach (var node in _nodes)
        {
            writer.Bytes(OnnxFields.GraphNode, node);
        }

        foreach (var field in _template.GraphRest)
        {
            writer.Raw(field.Span);
        }

        var values = new float[_weights.Max(weight => weight.Count)];
        var halves = _half is null ? [] : new Half[_weights.Where(IsHalf).Select(weight => weight.Count).DefaultIfEmpty().Max()];
        foreach (var weight in _weights)
        {
            cancellation.ThrowIfCancellationRequested();
            WriteTensor(writer, weight, values.AsSpan(0, (int)weight.Count), halves);
            wrote(DataSize(weight));
        }
    }

    private static string FloatNameOf(string name) => $"{name}.float";

    private static bool IsShared(GraphNode node, HashSet<string> slopes) =>
        node is { Operator: "PRelu", Inputs.Count: 2 } && slopes.Contains(node.Inputs[1]);

    // Slopes that nothing but a PRelu uses.
    private HashSet<string> Slopes()
    {
        var single = _template.Weights.Where(weight => weight.Count == 1).Select(weight => weight.Name).ToHashSet(StringComparer.Ordinal);
        var slopes = _template.Nodes.Where(node => IsShared(node, single)).Select(node => node.Inputs[1]).ToHashSet(StringComparer.Ordinal);
        slopes.ExceptWith(_template.Nodes.Where(node => !IsShared(node, slopes)).SelectMany(node => node.Inputs));
        return slopes;
    }

    // The node takes the name of the layer, so that its slope can be found again in the file.
    private GraphNode LeakyReluOf(GraphNode node)
    {
        const string suffix = ".weight";
        var slope = node.Inputs[1];
        var value = new float[1];
        _source.Read(_template.Weights.First(weight => weight.Name == slope), value);
        var name = slope.EndsWith(suffix, StringComparison.Ordinal) ? slope[..^suffix.Length] : slope;
        return GraphNode.LeakyRelu(name, node.Inputs[0], node.Outputs[0], value[0]);
    }

    private bool IsHalf(TemplateWeight weight) => _half is not null && weight.Shape.Count > 1;

    private ulong TypeOf(TemplateWeight weight) => IsHalf(weight) ? OnnxFields.TypeHalf : (ulong)OnnxFields.TypeFloat;

    private long DataSize(TemplateWeight weight) => weight.Count * (IsHalf(weight) ? 2 : sizeof(float));

    private long TensorSize(TemplateWeight weight) =>
        weight.Shape.Sum(length => WireWriter.SizeOfNumber(OnnxFields.TensorDimension, (ulong)length))
        + WireWriter.SizeOfNumber(OnnxFields.TensorType, TypeOf(weight))
        + WireWriter.SizeOfBytes(OnnxFields.TensorName, System.Text.Encoding.UTF8.GetByteCount(weight.Name))
        + WireWriter.SizeOfBytes(OnnxFields.TensorRawData, DataSize(weight));

    private void WriteTensor(WireWriter writer, TemplateWeight weight, Span<float> values, Half[] halves)
    {
        _source.Read(weight, values);
        writer.Begin(OnnxFields.GraphInitializer, TensorSize(weight));
        foreach (var length in weight.Shape)
        {
            writer.Number(OnnxFields.TensorDimension, (ulong)length);
        }

        writer.Number(OnnxFields.TensorType, TypeOf(weight));
        writer.Text(OnnxFields.TensorName, weight.Name);
        writer.Begin(OnnxFields.TensorRawData, DataSize(weight));
        if (!IsHalf(weight))
        {
            writer.Raw(MemoryMarshal.AsBytes(values));
            return;
        }

        var rounded = halves.AsSpan(0, values.Length);
        _half!.Round(weight.Name, values, rounded);
        writer.Raw(MemoryMarshal.AsBytes(rounded));
    }
}
