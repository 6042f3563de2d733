namespace SegBridge.Imaging.Volumes;

/// <summary>A brick that cannot be taken: outside the grid, of the wrong length, or not decodable.</summary>
public sealed class BrickException : Exception
{
    public BrickException(string message)
        : base(message)
    {
    }

    public BrickException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
