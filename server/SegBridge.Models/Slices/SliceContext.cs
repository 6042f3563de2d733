namespace SegBridge.Models.Slices;

/// <summary>
/// Finished slices of one task, from which a model learns what is meant without a prompt. Immutable: make one whenever
/// the examples change and give the same one with every step, so that they are laid out for the network once.
/// </summary>
public sealed class SliceContext
{
    /// <summary>Time and memory of a step grow with every example; a network takes at most this many.</summary>
    public const int MostExamples = 64;

    private readonly Lazy<(float[] Images, float[] Masks)> _stacked;

    /// <param name="examples">At most <see cref="MostExamples"/>, all made by one model. Their order does not matter.</param>
    /// <exception cref="ArgumentException">Too many, or of models with different grids.</exception>
    public SliceContext(IEnumerable<SliceExample> examples)
    {
        Examples = [.. examples];
        if (Examples.Count > MostExamples)
        {
            throw new ArgumentException($"a context has at most {MostExamples} examples, got {Examples.Count}", nameof(examples));
        }

        if (Examples.Any(example => example.Grid != Examples[0].Grid))
        {
            throw new ArgumentException("the examples of a context must be made by one model: their grids differ", nameof(examples));
        }

        _stacked = new(Stack);
    }

    public static SliceContext Empty { get; } = new([]);

    public IReadOnlyList<SliceExample> Examples { get; }

    public int Count => Examples.Count;

    /// <summary>[examples, rows, columns].</summary>
    internal ReadOnlyMemory<float> Images => _stacked.Value.Images;

    /// <summary>[examples, rows, columns].</summary>
    internal ReadOnlyMemory<float> Masks => _stacked.Value.Masks;

    private (float[] Images, float[] Masks) Stack()
    {
        var cells = Count == 0 ? 0 : Examples[0].Grid.Count;
        var (images, masks) = (new float[Count * cells], new float[Count * cells]);
        for (var n = 0; n < Count; n++)
        {
            Examples[n].Image.CopyTo(images.AsMemory(n * cells));
            Examples[n].Mask.CopyTo(masks.AsMemory(n * cells));
        }

        return (images, masks);
    }
}
