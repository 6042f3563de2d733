namespace SegBridge.Sessions.Tasks;

/// <summary>A task as one user sees it.</summary>
/// <param name="Id">32 hexadecimal characters.</param>
/// <param name="Name">For people.</param>
/// <param name="Examples">How many it has.</param>
/// <param name="Writable">May this user change it?</param>
public sealed record TaskInfo(string Id, string Name, int Examples, bool Writable);
