using System.Text;

namespace SegBridge.Packages.Tests.Inference;

/// <summary>Writes the ONNX file of y = relu(x · w) for x of shape (1, 2) and w of shape (2, 2), byte by byte.</summary>
internal static class TinyModel
{
    internal static byte[] Create(float[] weights)
    {
        byte[] product = Message(Text(1, "x"), Text(1, "w"), Text(2, "xw"), Text(4, "MatMul"));
        byte[] relu = Message(Text(1, "xw"), Text(2, "y"), Text(4, "Relu"));
        byte[] raw = new byte[weights.Length * sizeof(float)];
        Buffer.BlockCopy(weights, 0, raw, 0, raw.Length);
        byte[] tensor = Message(Number(1, 2), Number(1, 2), Number(2, 1), Text(8, "w"), Field(9, raw));
        byte[] graph = Message(
            Field(1, product), Field(1, relu), Text(2, "tiny"), Field(5, tensor),
            Field(11, FloatValue("x", 1, 2)), Field(12, FloatValue("y", 1, 2)));
        return Message(Number(1, 8), Field(7, graph), Field(8, Message(Text(1, ""), Number(2, 17))));
    }

    private static byte[] FloatValue(string name, params int[] shape)
    {
        byte[] dimensions = Message([.. shape.Select(size => Field(1, Number(1, size)))]);
        byte[] tensorType = Message(Number(1, 1), Field(2, dimensions));
        return Message(Text(1, name), Field(2, Field(1, tensorType)));
    }

    private static byte[] Message(params byte[][] fields) => [.. fields.SelectMany(field => field)];

    private static byte[] Text(int field, string value) => Field(field, Encoding.UTF8.GetBytes(value));

    private static byte[] Field(int field, byte[] value) => [.. Varint((field << 3) | 2), .. Varint(value.Length), .. value];

    private static byte[] Number(int field, int value) => [.. Varint(field << 3), .. Varint(value)];

    private static IEnumerable<byte> Varint(int value)
    {
        for (uint rest = (uint)value; ; rest >>= 7)
        {
            if (rest < 0x80)
            {
                yield return (byte)rest;
                yield break;
            }

            yield return (byte)(rest | 0x80);
        }
    }
}
