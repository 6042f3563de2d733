namespace SegBridge.Models.Import.Checkpoints;

/// <summary>A run of elements in a file; several tensors may be views of it. It lies within the file.</summary>
/// <param name="Bytes">The file.</param>
/// <param name="Position">Of the first element, in bytes.</param>
/// <param name="Count">Elements.</param>
/// <param name="Type">Of each.</param>
/// <param name="Check">Throws when the file's own checksum says that the elements are damaged; null when it has none.</param>
internal sealed record StoredElements(CheckpointBytes Bytes, long Position, long Count, ElementType Type, Action? Check)
{
    private bool _checked;

    /// <summary>Reads elements as they are stored.</summary>
    /// <exception cref="CheckpointException">They are damaged.</exception>
    public void Read(long first, Span<byte> destination)
    {
        if (!_checked)
        {
            Check?.Invoke();
            _checked = true;
        }

        Bytes.Read(Position + (first * ElementTypes.SizeOf(Type)), destination);
    }
}
