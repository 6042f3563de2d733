namespace SegBridge.Sessions.Errors;

/// <summary>The task belongs to another key.</summary>
public sealed class TaskNotWritableException() : Exception(
    "only the key that made a task may change it, and the key named operator; export it and import the archive as a task of your own");
