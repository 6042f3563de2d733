namespace SegBridge.Models.Prompts;

/// <summary>
/// Clicks as networks with prompt tokens take them: coordinates and labels, where 1 is a positive and 0 a negative click,
/// 2 and 3 are a box's low and high corner, and −1 fills up at the origin when there is no box.
/// </summary>
internal sealed class ClickTokens(int axes)
{
    private const float LowCorner = 2;
    private const float HighCorner = 3;
    private const float Padding = -1;

    private readonly List<float> _coordinates = [];
    private readonly List<float> _labels = [];

    public int Count => _labels.Count;

    /// <summary>[tokens, axes].</summary>
    public float[] Coordinates => [.. _coordinates];

    /// <summary>[tokens].</summary>
    public float[] Labels => [.. _labels];

    public void AddClick(bool positive, params ReadOnlySpan<float> at) => Add(positive ? 1 : 0, at);

    public void AddBox(ReadOnlySpan<float> low, ReadOnlySpan<float> high)
    {
        Add(LowCorner, low);
        Add(HighCorner, high);
    }

    /// <summary>Says that there is no box.</summary>
    public void AddPadding() => Add(Padding, stackalloc float[axes]);

    private void Add(float label, ReadOnlySpan<float> at)
    {
        if (at.Length != axes)
        {
            throw new ArgumentException($"a token has {axes} coordinates, got {at.Length}", nameof(at));
        }

        _coordinates.AddRange(at);
        _labels.Add(label);
    }
}
