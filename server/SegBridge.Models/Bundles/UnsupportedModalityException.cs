namespace SegBridge.Models.Bundles;

/// <summary>The model was not trained on images of this modality; the message names those it takes.</summary>
public sealed class UnsupportedModalityException(string message) : Exception(message);
