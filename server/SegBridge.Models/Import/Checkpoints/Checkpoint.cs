namespace SegBridge.Models.Import.Checkpoints;

/// <summary>The weights of a network in a file, by their names without wrappers. Tensors are read when asked for.</summary>
internal sealed class Checkpoint(CheckpointBytes bytes, StateDict state, IReadOnlyList<string> unread) : IDisposable
{
    public IReadOnlyDictionary<string, CheckpointTensor> Tensors => state.Tensors;

    /// <summary>Entries beside the tensors, by name, with what they are.</summary>
    public IReadOnlyDictionary<string, string> Others => state.Others;

    /// <summary>Dictionaries and prefixes around the names, outermost first, for example "model_state_dict" or "module.".</summary>
    public IReadOnlyList<string> Unwrapped => state.Unwrapped;

    /// <summary>Classes and functions that the file names and that were neither run nor needed.</summary>
    public IReadOnlyList<string> Unread { get; } = unread;

    public void Dispose() => bytes.Dispose();
}
