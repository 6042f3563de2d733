using System.Text;

namespace SegBridge.Models.Import.Graphs;

/// <summary>A node of a graph, with its attributes as they stand in the file.</summary>
internal sealed record GraphNode(
    string Operator, string Name, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, IReadOnlyList<ReadOnlyMemory<byte>> Rest)
{
    /// <exception cref="TemplateException">It is no node, or has a graph within, which templates have no use for.</exception>
    public static GraphNode Parse(ReadOnlyMemory<byte> message)
    {
        var fields = WireReader.Fields(message);
        foreach (var attribute in fields.Where(field => field.Number == OnnxFields.NodeAttribute))
        {
            if (WireReader.Fields(attribute.Bytes).Exists(field => field.Number is OnnxFields.AttributeGraph or OnnxFields.AttributeGraphs))
            {
                throw new TemplateException("it has a graph within a node; a flat graph would be right");
            }
        }

        string[] Texts(int number) => [.. fields.Where(field => field.Number == number).Select(field => field.Text)];
        return new GraphNode(
            Texts(OnnxFields.NodeOperator).LastOrDefault() ?? "",
            Texts(OnnxFields.NodeName).LastOrDefault() ?? "",
            Texts(OnnxFields.NodeInput),
            Texts(OnnxFields.NodeOutput),
            [.. fields.Where(field => field.Number > OnnxFields.NodeOperator).Select(field => field.Whole)]);
    }

    /// <summary>max(x, 0) + slope · min(x, 0).</summary>
    public static GraphNode LeakyRelu(string name, string input, string output, float slope) =>
        new("LeakyRelu", name, [input], [output], [Attribute("alpha", writer =>
        {
            writer.Float(OnnxFields.AttributeFloat, slope);
            writer.Number(OnnxFields.AttributeType, OnnxFields.AttributeTypeFloat);
        })]);

    /// <summary>The same values as float32.</summary>
    public static GraphNode CastToFloat(string input, string output) =>
        new("Cast", $"{input}.cast", [input], [output], [Attribute("to", writer =>
        {
            writer.Number(OnnxFields.AttributeInteger, OnnxFields.TypeFloat);
            writer.Number(OnnxFields.AttributeType, OnnxFields.AttributeTypeInteger);
        })]);

    public byte[] ToBytes()
    {
        using var buffer = new MemoryStream();
        var writer = new WireWriter(buffer);
        foreach (var input in Inputs)
        {
            writer.Text(OnnxFields.NodeInput, input);
        }

        foreach (var output in Outputs)
        {
            writer.Text(OnnxFields.NodeOutput, output);
        }

        writer.Text(OnnxFields.NodeName, Name);
        writer.Text(OnnxFields.NodeOperator, Operator);
        foreach (var field in Rest)
        {
            writer.Raw(field.Span);
        }

        return buffer.ToArray();
    }

    private static ReadOnlyMemory<byte> Attribute(string name, Action<WireWriter> value)
    {
        using var content = new MemoryStream();
        var inner = new WireWriter(content);
        inner.Bytes(OnnxFields.AttributeName, Encoding.UTF8.GetBytes(name));
        value(inner);
        using var buffer = new MemoryStream();
        new WireWriter(buffer).Bytes(OnnxFields.NodeAttribute, content.ToArray());
        return buffer.ToArray();
    }
}
