using SegBridge.Models.Inference;

namespace SegBridge.Models.Slices;

/// <summary>A loaded network of a family that works on slices.</summary>
internal abstract class SliceNetwork(string device, SliceGrid grid) : LeasedNetwork(device)
{
    public SliceGrid Grid { get; } = grid;

    /// <summary>Encodes, runs and decodes one step. On the device's thread only: buffers are shared between steps.</summary>
    public abstract (float[] Logits, DecodedMask Mask) Predict(
        SliceImage image, SlicePrompts prompts, ReadOnlySpan<float> previousLogits, CancellationToken cancellation);
}
