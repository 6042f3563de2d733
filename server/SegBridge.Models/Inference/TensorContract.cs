using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using SegBridge.Models.Bundles;

namespace SegBridge.Models.Inference;

/// <summary>A float32 input or output that a family's network must have.</summary>
/// <param name="Name">Its name in the graph.</param>
/// <param name="Shape">Lengths; <see cref="Free"/> where every run may bring another one.</param>
internal sealed record TensorContract(string Name, long[] Shape)
{
    /// <summary>An axis of any length.</summary>
    public const long Free = -1;

    public int Length => checked((int)Shape.Aggregate(1L, (product, length) => product * length));

    /// <exception cref="BundleException">The network has no such tensor, or of another type or shape.</exception>
    public void Require(string part, string kind, IReadOnlyDictionary<string, NodeMetadata> found)
    {
        if (!found.TryGetValue(Name, out var node))
        {
            throw new BundleException(
                $"part {part}: the network must have the {kind} \"{Name}\", it has {string.Join(", ", found.Keys.Select(name => $"\"{name}\""))}");
        }

        var dimensions = node.IsTensor ? node.Dimensions : [];
        var fits = node.IsTensor
            && node.ElementDataType == TensorElementType.Float
            && dimensions.Length == Shape.Length
            // Negative: any length, which is right everywhere and necessary where the contract says so.
            && dimensions.Zip(Shape).All(pair => pair.First < 0 || pair.First == pair.Second);
        if (!fits)
        {
            var type = node.IsTensor ? $"{node.ElementDataType} {Shown(dimensions.Select(length => (long)length))}" : "no tensor";
            throw new BundleException($"part {part}: the {kind} \"{Name}\" must take Float {Shown(Shape)}, it is {type}");
        }
    }

    private static string Shown(IEnumerable<long> shape) => $"[{string.Join(", ", shape.Select(length => length < 0 ? "any" : $"{length}"))}]";
}
