namespace SegBridge.Sessions.Errors;

/// <summary>A right request at the wrong time: nothing to undo, a locked segment, bricks that never came.</summary>
public sealed class WrongStateException(string message) : Exception(message);
