namespace SegBridge.Imaging.Masks;

/// <summary>Mask data that cannot be taken: of the wrong length, corrupt, or too large.</summary>
public sealed class MaskFormatException : Exception
{
    public MaskFormatException(string message)
        : base(message)
    {
    }

    public MaskFormatException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
