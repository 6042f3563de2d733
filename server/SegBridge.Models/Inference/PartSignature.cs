using Microsoft.ML.OnnxRuntime;
using SegBridge.Models.Bundles;

namespace SegBridge.Models.Inference;

/// <summary>All inputs of a part, and those outputs that are asked for, in the order in which a run takes them.</summary>
internal sealed record PartSignature(IReadOnlyList<TensorContract> Inputs, IReadOnlyList<TensorContract> Outputs)
{
    /// <exception cref="BundleException">The network is another one.</exception>
    public void Require(string part, InferenceSession session)
    {
        foreach (var input in Inputs)
        {
            input.Require(part, "input", session.InputMetadata);
        }

        foreach (var output in Outputs)
        {
            output.Require(part, "output", session.OutputMetadata);
        }

        if (session.InputMetadata.Count > Inputs.Count)
        {
            var right = Inputs.Count == 1 ? "the one input" : "the inputs";
            throw new BundleException(
                $"part {part}: the network must have {right} {string.Join(", ", Inputs.Select(input => $"\"{input.Name}\""))}, "
                + $"it has {string.Join(", ", session.InputNames)}");
        }
    }
}
