namespace SegBridge.Models.Import.Checkpoints.Pickle;

/// <summary>A list, which may grow while the pickle is read.</summary>
internal sealed class PickleList
{
    public List<object?> Items { get; } = [];
}

/// <summary>A tuple.</summary>
internal sealed record PickleTuple(IReadOnlyList<object?> Items)
{
    public static PickleTuple Empty { get; } = new([]);
}

/// <summary>The name of a class or function. Only a name: nothing is looked up.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    public string FullName => $"{Module}.{Name}";
}

/// <summary>Something that only running the pickle would make; <paramref name="Name"/> says what.</summary>
internal sealed record PickleOpaque(string Name);
