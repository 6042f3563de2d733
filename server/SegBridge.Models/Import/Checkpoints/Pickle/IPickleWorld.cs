namespace SegBridge.Models.Import.Checkpoints.Pickle;

/// <summary>What the names in a pickle mean. A pickle asks for things; this decides what it gets, as data.</summary>
internal interface IPickleWorld
{
    /// <summary>A class or function is named.</summary>
    /// <exception cref="CheckpointException">A checkpoint has no use for it.</exception>
    object? Global(string module, string name);

    /// <summary>The named thing is to be called, or an instance of it made.</summary>
    object? Call(object? callable, object? arguments);

    /// <summary>An object is to be given its state; returns what stands for it afterwards.</summary>
    object? Build(object? target, object? state);

    /// <summary>Something outside the pickle is referred to.</summary>
    object? Persistent(object? id);
}
