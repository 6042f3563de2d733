using System.Buffers.Binary;
using System.Text;

namespace SegBridge.Models.Tests.Import.Checkpoints;

/// <summary>Writes pickles of protocol 2, as torch.save does, one operation after the other.</summary>
internal sealed class PickleWriter
{
    private readonly List<byte> _bytes = [];

    public PickleWriter() => Raw(0x80, 2);

    public PickleWriter Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public PickleWriter Op(char code) => Raw((byte)code);

    public PickleWriter Global(string module, string name) => Op('c').Raw(Encoding.UTF8.GetBytes($"{module}\n{name}\n"));

    public PickleWriter Text(string text)
    {
        Span<byte> length = stackalloc byte[4];
        var bytes = Encoding.UTF8.GetBytes(text);
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        return Op('X').Raw(length.ToArray()).Raw(bytes);
    }

    public PickleWriter Whole(long value)
    {
        Span<byte> digits = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(digits, value);
        return value is >= 0 and < 256 ? Op('K').Raw((byte)value) : Raw(0x8A, 8).Raw(digits.ToArray());
    }

    public PickleWriter Number(double value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, value);
        return Op('G').Raw(bytes.ToArray());
    }

    public PickleWriter Wholes(IEnumerable<long> values)
    {
        Op('(');
        foreach (var value in values)
        {
            Whole(value);
        }

        return Op('t');
    }

    /// <summary>A dictionary; each item writes its own value.</summary>
    public PickleWriter Dict(IEnumerable<(string Key, Action<PickleWriter> Value)> items)
    {
        Op('}').Op('(');
        foreach (var (key, value) in items)
        {
            Text(key);
            value(this);
        }

        return Op('u');
    }

    /// <summary>torch._utils._rebuild_tensor_v2((storage), offset, shape, strides, False, OrderedDict()).</summary>
    public PickleWriter Tensor(string storage, string key, long count, long offset, IReadOnlyList<long> shape, IReadOnlyList<long> strides) =>
        Global("torch._utils", "_rebuild_tensor_v2").Op('(')
            .Op('(').Text("storage").Global("torch", storage).Text(key).Text("cpu").Whole(count).Op('t').Op('Q')
            .Whole(offset).Wholes(shape).Wholes(strides).Raw(0x89)
            .Global("collections", "OrderedDict").Op(')').Op('R')
            .Op('t').Op('R');

    public byte[] ToArray() => [.. _bytes, (byte)'.'];
}
