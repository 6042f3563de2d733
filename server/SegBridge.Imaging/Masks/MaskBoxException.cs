namespace SegBridge.Imaging.Masks;

/// <summary>A voxel or box that lies outside the mask or block it was meant for.</summary>
public sealed class MaskBoxException(string message) : Exception(message);
