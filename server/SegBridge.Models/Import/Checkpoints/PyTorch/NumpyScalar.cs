using System.Buffers.Binary;
using SegBridge.Models.Import.Checkpoints.Pickle;

namespace SegBridge.Models.Import.Checkpoints.PyTorch;

/// <summary>A numpy type such as "f8", which training scripts bring along with their losses and counts.</summary>
internal sealed record NumpyType(string Code)
{
    /// <summary>The number in these bytes; null when the type is another one or the bytes do not fit.</summary>
    public object? Read(byte[] bytes) => (Code, bytes.Length) switch
    {
        ("f8", 8) => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        ("f4", 4) => (double)BinaryPrimitives.ReadSingleLittleEndian(bytes),
        ("f2", 2) => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
        ("i8", 8) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        ("i4", 4) => (long)BinaryPrimitives.ReadInt32LittleEndian(bytes),
        ("b1", 1) => bytes[0] != 0,
        _ => null,
    };

    /// <summary>numpy.dtype(code, ...).</summary>
    public static object? Of(object? arguments) =>
        arguments is PickleTuple { Items: [string code, ..] } ? new NumpyType(code) : null;

    /// <summary>numpy.core.multiarray.scalar(type, bytes).</summary>
    public static object? Scalar(object? arguments) =>
        arguments is PickleTuple { Items: [NumpyType type, byte[] bytes] } ? type.Read(bytes) : null;
}
