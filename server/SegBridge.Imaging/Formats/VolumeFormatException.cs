namespace SegBridge.Imaging.Formats;

/// <summary>
/// The content of an image file cannot be read. The message says what was found and what would be right; it names
/// neither patient data nor a folder.
/// </summary>
public sealed class VolumeFormatException(string message, Exception? innerException = null)
    : Exception(message, innerException);
