namespace SegBridge.Sessions.Errors;

/// <summary>A newer prompt on the same slice of the segment took over; the prompts live on in the newer step.</summary>
public sealed class SupersededException(string message) : Exception(message)
{
    public SupersededException()
        : this("superseded by a newer prompt on the same slice; the prompts of this step are part of the newer one")
    {
    }
}
