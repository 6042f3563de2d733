namespace SegBridge.Models.Import.Checkpoints;

/// <summary>A file is no checkpoint of plain weights, is damaged, or holds what is refused. The message is for the person who has the file.</summary>
public sealed class CheckpointException(string message) : Exception(message);
