namespace SegBridge.Sessions;

/// <summary>
/// The part of a session id that may appear in messages and logs, cut when it is written: whoever knows the whole
/// id may use the session.
/// </summary>
public readonly record struct ShortId(string Id)
{
    private const int Length = 8;

    public static string Of(string id) => new ShortId(id).ToString();

    public override string ToString() => Id.Length <= Length ? Id : Id[..Length] + "…";
}
