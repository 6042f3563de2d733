namespace SegBridge.Imaging.Dicom.Web;

/// <summary>How far the storing of instances is.</summary>
/// <param name="Instances">Those of which the archive has answered.</param>
/// <param name="Bytes">Sent so far; less again where a request is repeated.</param>
public readonly record struct StoreProgress(int Instances, long Bytes);
