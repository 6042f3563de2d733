namespace SegBridge.Server.Doors.Frame;

/// <summary>
/// What one dialect consists of: its routes, and the form of its errors. A door maps calls onto sessions; keys, TLS, rate
/// limits and the log are those of the server.
/// </summary>
internal interface IDoor
{
    /// <summary>Says which calls there are; once, when the server starts.</summary>
    void Map(DoorRoutes routes);

    /// <summary>Ends a call that failed, before anything was answered, in the way the dialect's clients understand.</summary>
    Task RefuseAsync(DoorCall call, DoorFault fault);

    /// <summary>The name of the key for which the door itself gave this token out; null when it gave out none such.</summary>
    string? NameOfToken(string token) => null;
}
