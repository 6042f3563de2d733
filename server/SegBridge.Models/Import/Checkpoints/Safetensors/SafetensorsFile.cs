using System.Buffers.Binary;
using System.Text.Json;
using SegBridge.Models.Import.Checkpoints.Pickle;

namespace SegBridge.Models.Import.Checkpoints.Safetensors;

/// <summary>
/// Reads safetensors: the length of a JSON header in eight bytes, the header with types, shapes and places, the
/// elements.
/// </summary>
internal static class SafetensorsFile
{
    private const int LargestHeader = 64 << 20;

    private static readonly Dictionary<string, ElementType> Types = new(StringComparer.Ordinal)
    {
        ["F32"] = ElementType.Float32,
        ["F64"] = ElementType.Float64,
        ["F16"] = ElementType.Float16,
        ["BF16"] = ElementType.BFloat16,
        ["I64"] = ElementType.Int64,
        ["I32"] = ElementType.Int32,
        ["I16"] = ElementType.Int16,
        ["I8"] = ElementType.Int8,
        ["U8"] = ElementType.UInt8,
        ["BOOL"] = ElementType.Bool,
    };

    /// <exception cref="CheckpointException">The header is wrong or does not fit the file.</exception>
    public static Checkpoint Open(CheckpointBytes bytes)
    {
        Span<byte> prefix = stackalloc byte[8];
        bytes.Read(0, prefix);
        var length = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (length is < 2 or > LargestHeader || length > bytes.Length - prefix.Length)
        {
            throw new CheckpointException($"a safetensors header of {length} bytes cannot be right in a file of {bytes.Length}: the file is damaged or of another kind");
        }

        var header = new byte[length];
        bytes.Read(prefix.Length, header);
        try
        {
            using var json = JsonDocument.Parse(header, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 });
            var tensors = new Dictionary<string, CheckpointTensor>(StringComparer.Ordinal);
            foreach (var item in json.RootElement.EnumerateObject().Where(item => item.Name != "__metadata__"))
            {
                tensors[item.Name] = TensorOf(bytes, prefix.Length + length, item);
            }

            return tensors.Count > 0
                ? new Checkpoint(bytes, StateDict.Of(tensors), [])
                : throw new CheckpointException("the safetensors file has no tensors");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new CheckpointException($"the safetensors header is damaged: {exception.Message}");
        }
    }

    private static CheckpointTensor TensorOf(CheckpointBytes bytes, long data, JsonProperty item)
    {
        var name = PickleText.Short(item.Name);
        var code = item.Value.GetProperty("dtype").GetString() ?? "";
        if (!Types.TryGetValue(code, out var type))
        {
            throw new CheckpointException($"tensor \"{name}\" is of type {PickleText.Short(code)}; one of {string.Join(", ", Types.Keys)} would be right");
        }

        long[] shape = [.. item.Value.GetProperty("shape").EnumerateArray().Select(axis => axis.GetInt64())];
        long[] place = [.. item.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
        var size = ElementTypes.SizeOf(type);
        if (place is not [var begin, var end] || begin < 0 || end < begin || end > bytes.Length - data || (end - begin) % size != 0)
        {
            throw new CheckpointException($"tensor \"{name}\" lies at [{string.Join(", ", place)}], which is not within the file: it is damaged or cut short");
        }

        var elements = new StoredElements(bytes, data + begin, (end - begin) / size, type, null);
        var tensor = CheckpointTensor.Create(elements, 0, shape, CheckpointTensor.DenseStrides(shape));
        return tensor.Count == elements.Count
            ? tensor
            : throw new CheckpointException($"tensor \"{name}\" of shape [{string.Join(", ", shape)}] has {elements.Count} stored elements: the file is damaged");
    }
}
