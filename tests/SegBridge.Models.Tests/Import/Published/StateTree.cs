namespace SegBridge.Models.Tests.Import.Published;

/// <summary>Names and shapes of the tensors in a published file.</summary>
internal sealed class StateTree
{
    private readonly Dictionary<string, long[]> _shapes = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, long[]> Shapes => _shapes;

    public StateTree Add(string name, params long[] shape)
    {
        _shapes.Add(name, shape);
        return this;
    }

    public StateTree Remove(string name)
    {
        _shapes.Remove(name);
        return this;
    }

    /// <summary>A weight of that shape and a bias as long as its first axis.</summary>
    public StateTree Layer(string prefix, params long[] shape) => Add($"{prefix}.weight", shape).Add($"{prefix}.bias", shape[0]);

    /// <summary>Weight and bias of one axis.</summary>
    public StateTree Norm(string prefix, long channels) => Add($"{prefix}.weight", channels).Add($"{prefix}.bias", channels);
}
