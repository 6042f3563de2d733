namespace SegBridge.Models.Inference;

/// <summary>More work is waiting for the device than its queue may hold. Trying again later helps.</summary>
public sealed class DeviceBusyException(string message) : Exception(message);
