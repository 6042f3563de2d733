namespace SegBridge.Models.Import.Graphs;

/// <summary>A weight that a template leaves open.</summary>
/// <param name="Name">As in the network's state dict.</param>
/// <param name="Shape">Axis lengths.</param>
internal sealed record TemplateWeight(string Name, IReadOnlyList<long> Shape)
{
    public long Count { get; } = Shape.Aggregate(1L, (product, length) => checked(product * length));
}

/// <summary>
/// An ONNX graph without weights: each is an initialiser with name and shape whose data is said to lie in an external
/// file named "checkpoint".
/// </summary>
internal sealed class GraphTemplate
{
    private const string Location = "checkpoint";

    private GraphTemplate(
        IReadOnlyList<TemplateWeight> weights, IReadOnlyList<GraphNode> nodes,
        IReadOnlyList<ReadOnlyMemory<byte>> graphRest, IReadOnlyList<ReadOnlyMemory<byte>> modelRest)
    {
        Weights = weights;
        Nodes = nodes;
        GraphRest = graphRest;
        ModelRest = modelRest;
    }

    /// <summary>At least one, names unique.</summary>
    public IReadOnlyList<TemplateWeight> Weights { get; }

    public IReadOnlyList<GraphNode> Nodes { get; }

    /// <summary>All other fields of the graph, constants among them.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> GraphRest { get; }

    /// <summary>All fields of the model but the graph.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> ModelRest { get; }

    /// <exception cref="TemplateException">The file is missing or is no template.</exception>
    public static GraphTemplate Read(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path));
        }
        catch (Exception exception) when (exception is TemplateException or IOException or UnauthorizedAccessException or OverflowException)
        {
            throw new TemplateException($"the template {Path.GetFileName(path)} cannot be used: {exception.Message}");
        }
    }

    /// <exception cref="TemplateException">It is no template.</exception>
    public static GraphTemplate Parse(ReadOnlyMemory<byte> file)
    {
        var model = WireReader.Fields(file);
        var graphs = model.Where(field => field.Number == OnnxFields.ModelGraph).ToArray();
        if (graphs.Length != 1)
        {
            throw new TemplateException("it has no graph");
        }

        var weights = new List<TemplateWeight>();
        var nodes = new List<GraphNode>();
        var rest = new List<ReadOnlyMemory<byte>>();
        foreach (var field in WireReader.Fields(graphs[0].Bytes))
        {
            if (field.Number == OnnxFields.GraphNode)
            {
                nodes.Add(GraphNode.Parse(field.Bytes));
            }
            else if (field.Number == OnnxFields.GraphInitializer && WeightOf(field) is { } weight)
            {
                weights.Add(weight);
            }
            else
            {
                rest.Add(field.Whole);
            }
        }

        return weights.Count > 0 && weights.DistinctBy(weight => weight.Name).Count() == weights.Count
            ? new GraphTemplate(weights, nodes, rest, [.. model.Where(field => field.Number != OnnxFields.ModelGraph).Select(field => field.Whole)])
            : throw new TemplateException(weights.Count == 0 ? "it leaves no weights open" : "it names a weight twice");
    }

    /// <summary>Null for a constant, which has its data.</summary>
    private static TemplateWeight? WeightOf(WireField initializer)
    {
        var fields = WireReader.Fields(initializer.Bytes);
        if (!fields.Exists(field => field is { Number: OnnxFields.TensorDataLocation, Value: OnnxFields.LocationExternal }))
        {
            return null;
        }

        var name = fields.Find(field => field.Number == OnnxFields.TensorName).Text;
        var location = fields.Where(field => field.Number == OnnxFields.TensorExternalData)
            .Select(field => WireReader.Fields(field.Bytes))
            .Where(entry => entry.Find(field => field.Number == OnnxFields.EntryKey).Text == "location")
            .Select(entry => entry.Find(field => field.Number == OnnxFields.EntryValue).Text)
            .FirstOrDefault();
        if (location != Location || fields.Find(field => field.Number == OnnxFields.TensorType).Value != OnnxFields.TypeFloat)
        {
            throw new TemplateException($"the weight {name} must be float32 in \"{Location}\", it is in \"{location}\"");
        }

        return new TemplateWeight(name, [.. WireReader.Numbers(fields, OnnxFields.TensorDimension)]);
    }
}
