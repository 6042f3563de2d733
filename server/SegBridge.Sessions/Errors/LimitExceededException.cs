namespace SegBridge.Sessions.Errors;

/// <summary>A limit of the server would be passed; nothing was allocated. The message names the limit's number.</summary>
/// <param name="message">For people.</param>
/// <param name="retryAfter">When trying again makes sense; null when it does not.</param>
public sealed class LimitExceededException(string message, TimeSpan? retryAfter = null) : Exception(message)
{
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
