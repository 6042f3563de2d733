namespace SegBridge.Models.Import.Checkpoints.PyTorch;

/// <summary>The storage types of PyTorch.</summary>
internal static class TorchStorage
{
    private static readonly Dictionary<string, ElementType> Types = new(StringComparer.Ordinal)
    {
        ["FloatStorage"] = ElementType.Float32,
        ["DoubleStorage"] = ElementType.Float64,
        ["HalfStorage"] = ElementType.Float16,
        ["BFloat16Storage"] = ElementType.BFloat16,
        ["LongStorage"] = ElementType.Int64,
        ["IntStorage"] = ElementType.Int32,
        ["ShortStorage"] = ElementType.Int16,
        ["CharStorage"] = ElementType.Int8,
        ["ByteStorage"] = ElementType.UInt8,
        ["BoolStorage"] = ElementType.Bool,
    };

    /// <summary>The elements of a class such as torch.FloatStorage or torch.cuda.FloatStorage; null for another one.</summary>
    public static ElementType? TypeOf(string module, string name) =>
        module.Split('.')[0] == "torch" && Types.TryGetValue(name, out var type) ? type : null;
}
