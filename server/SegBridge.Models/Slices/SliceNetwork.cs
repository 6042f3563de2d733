using SegBridge.Models.Inference;

namespace SegBridge.Models.Slices;

/// <summary>A loaded network of a family that works on slices.</summary>
/// <param name="device">"cpu" or "cuda:0".</param>
/// <param name="grid">The grid of the logits that a step gives and the next one takes.</param>
internal abstract class SliceNetwork(string device, SliceGrid grid) : LeasedNetwork(device)
{
    public SliceGrid Grid { get; } = grid;

    /// <summary>Bytes kept of one slice, besides its pixels: the slice fitted to the grid, or what an encoder makes of it.</summary>
    public virtual long FeatureBytes => (long)Grid.Count * sizeof(float);

    /// <summary>Encodes, runs and decodes one step. On the device's thread only: buffers are shared between steps.</summary>
    public abstract SliceAnswer Predict(SliceStepInput step, CancellationToken cancellation);

    /// <summary>How likely pixels of a slice are inside, as masks are cut from it. On any thread.</summary>
    public virtual void Probabilities(ReadOnlySpan<float> logits, int rows, int columns, Span<float> onSlice) =>
        MaskDecoder.Probabilities(logits, new SliceFit(rows, columns, Grid), new float[Grid.Count], onSlice);

    /// <summary>A finished slice as context. On any thread. Null: the family takes none.</summary>
    public virtual SliceExample? ExampleOf(SliceImage image, ReadOnlySpan<byte> mask) => null;
}
