namespace SegBridge.Imaging.Geometry;

/// <summary>A geometry that cannot be: the message quotes the value and says what would be right.</summary>
public sealed class GeometryException(string message) : Exception(message);
