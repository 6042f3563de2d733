using Microsoft.ML.OnnxRuntime;
using SegBridge.Models.Bundles;

namespace SegBridge.Models.Inference;

/// <summary>What an ONNX file says about its own inputs and outputs.</summary>
internal readonly struct PartMetadata(string part, InferenceSession session)
{
    public bool HasInput(string name) => session.InputMetadata.ContainsKey(name);

    public bool HasOutput(string name) => session.OutputMetadata.ContainsKey(name);

    /// <summary>The shape of an output, which must be fixed.</summary>
    /// <exception cref="BundleException">There is none of that name, or its shape is not fixed or of another rank.</exception>
    public long[] ShapeOfOutput(string name, int rank) => FixedShape("output", name, rank, session.OutputMetadata);

    /// <summary>The shape of an input, which must be fixed.</summary>
    /// <exception cref="BundleException">There is none of that name, or its shape is not fixed or of another rank.</exception>
    public long[] ShapeOfInput(string name, int rank) => FixedShape("input", name, rank, session.InputMetadata);

    private long[] FixedShape(string kind, string name, int rank, IReadOnlyDictionary<string, NodeMetadata> found)
    {
        if (!found.TryGetValue(name, out var node))
        {
            throw new BundleException(
                $"part {part}: the network must have the {kind} \"{name}\", it has {string.Join(", ", found.Keys.Select(key => $"\"{key}\""))}");
        }

        var shape = node.IsTensor ? node.Dimensions : [];
        return shape.Length == rank && shape.All(length => length > 0)
            ? [.. shape.Select(length => (long)length)]
            : throw new BundleException(
                $"part {part}: the {kind} \"{name}\" must have a fixed shape of {rank} axes, it is [{string.Join(", ", shape.Select(length => length < 0 ? "any" : $"{length}"))}]");
    }
}
