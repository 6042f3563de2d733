using SegBridge.Models.Import.Graphs;

namespace SegBridge.Models.Tests.Import.Graphs;

/// <summary>
/// A template as Python writes them, byte by byte: y = prelu(x · w, slope) · scale + bias, with x [1, 2], w [2, 3],
/// slope [1], bias [3] left open and the constant scale within.
/// </summary>
internal static class TinyTemplate
{
    public const float Scale = 10;

    public static byte[] Bytes(string location = "checkpoint") => Message(model =>
    {
        model.Number(1, 8);
        model.Bytes(8, Message(opset => opset.Number(2, 17)));
        model.Bytes(7, Message(graph =>
        {
            graph.Bytes(1, Node("MatMul", "a", "x", "w"));
            graph.Bytes(1, Node("PRelu", "b", "a", "layer.1.weight"));
            graph.Bytes(1, Node("Mul", "c", "b", "/constant/0"));
            graph.Bytes(1, Node("Add", "y", "c", "bias"));
            graph.Text(2, "tiny");
            graph.Bytes(5, Open("w", location, 2, 3));
            graph.Bytes(5, Open("layer.1.weight", location, 1));
            graph.Bytes(5, Open("bias", location, 3));
            graph.Bytes(5, Message(tensor =>
            {
                tensor.Number(2, 1);
                tensor.Text(8, "/constant/0");
                tensor.Bytes(9, BitConverter.GetBytes(Scale));
            }));
            graph.Bytes(11, Value("x", 2));
            graph.Bytes(12, Value("y", 3));
        }));
    });

    private static byte[] Node(string op, string output, params string[] inputs) => Message(node =>
    {
        foreach (var input in inputs)
        {
            node.Text(1, input);
        }

        node.Text(2, output);
        node.Text(3, $"node.{output}");
        node.Text(4, op);
    });

    private static byte[] Open(string name, string location, params ulong[] shape) => Message(tensor =>
    {
        foreach (var length in shape)
        {
            tensor.Number(1, length);
        }

        tensor.Number(2, 1);
        tensor.Text(8, name);
        tensor.Bytes(13, Message(entry =>
        {
            entry.Text(1, "location");
            entry.Text(2, location);
        }));
        tensor.Number(14, 1);
    });

    private static byte[] Value(string name, ulong length) => Message(value =>
    {
        value.Text(1, name);
        value.Bytes(2, Message(type => type.Bytes(1, Message(tensor =>
        {
            tensor.Number(1, 1);
            tensor.Bytes(2, Message(shape =>
            {
                shape.Bytes(1, Message(dimension => dimension.Number(1, 1)));
                shape.Bytes(1, Message(dimension => dimension.Number(1, length)));
            }));
        }))));
    });

    private static byte[] Message(Action<WireWriter> write)
    {
        using var buffer = new MemoryStream();
        write(new WireWriter(buffer));
        return buffer.ToArray();
    }
}
