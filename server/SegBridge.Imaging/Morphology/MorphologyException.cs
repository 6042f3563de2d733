namespace SegBridge.Imaging.Morphology;

/// <summary>A map or shape that cannot be worked on: the message quotes the value.</summary>
public sealed class MorphologyException(string message) : Exception(message);
