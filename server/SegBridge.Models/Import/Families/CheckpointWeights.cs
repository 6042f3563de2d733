using SegBridge.Models.Import.Checkpoints;
using SegBridge.Models.Import.Graphs;

namespace SegBridge.Models.Import.Families;

/// <summary>The weights of a checkpoint, each checked to be finite.</summary>
internal sealed class CheckpointWeights(Checkpoint checkpoint) : IWeights
{
    public void Read(TemplateWeight weight, Span<float> values)
    {
        checkpoint.Tensors[weight.Name].CopyTo(values);
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
            {
                throw new ImportException($"{weight.Name} has the value {value}: the network was not trained to a usable state, or the file is damaged");
            }
        }
    }
}
