namespace SegBridge.Imaging.Dicom.Web;

/// <summary>The description of an archive cannot be used; the message says what would be right, and repeats no secret.</summary>
public sealed class DicomWebConfigurationException(string message, Exception? cause = null) : Exception(message, cause);
