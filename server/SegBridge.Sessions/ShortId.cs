namespace SegBridge.Sessions;

/// <summary>The part of a session id that may appear in messages and logs: whoever knows the whole may use the session.</summary>
public static class ShortId
{
    private const int Length = 8;

    public static string Of(string id) => id.Length <= Length ? id : id[..Length] + "…";
}
