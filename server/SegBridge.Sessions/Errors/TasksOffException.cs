namespace SegBridge.Sessions.Errors;

/// <summary>The operator has named no folder for tasks.</summary>
public sealed class TasksOffException() : Exception(
    "tasks are off on this server; its operator switches them on with \"segbridge serve --task-folder DIR\", and the image slices of examples then rest on disk there");
