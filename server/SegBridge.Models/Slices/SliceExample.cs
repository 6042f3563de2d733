namespace SegBridge.Models.Slices;

/// <summary>
/// A finished slice as a model takes it for context: the image in [0, 1] and the mask as 0 or 1, both on the grid of
/// the model that made it (<see cref="ISliceModel.ExampleOf"/>). Immutable.
/// </summary>
public sealed class SliceExample
{
    internal SliceExample(SliceGrid grid, ReadOnlyMemory<float> image, ReadOnlyMemory<float> mask)
    {
        Grid = grid;
        Image = image;
        Mask = mask;
    }

    /// <summary>Bytes of memory held.</summary>
    public long SizeBytes => (long)(Image.Length + Mask.Length) * sizeof(float);

    internal SliceGrid Grid { get; }

    internal ReadOnlyMemory<float> Image { get; }

    internal ReadOnlyMemory<float> Mask { get; }
}
