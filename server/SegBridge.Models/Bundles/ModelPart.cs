namespace SegBridge.Models.Bundles;

/// <summary>One ONNX file of a bundle.</summary>
/// <param name="Name">What the family calls the part.</param>
/// <param name="File">A plain file name within the bundle's folder.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
/// <param name="Bytes">Size of the file; null when the manifest does not say.</param>
public sealed record ModelPart(string Name, string File, string Sha256, long? Bytes);
