namespace SegBridge.Sessions.Errors;

/// <summary>The folder named for tasks cannot be used; the message says why and what to do.</summary>
public sealed class TaskFolderException(string message, Exception? cause = null) : Exception(message, cause);
