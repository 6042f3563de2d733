namespace SegBridge.Imaging.Dicom.Web;

/// <summary>How far a series has come.</summary>
/// <param name="Received">Instances that are here.</param>
/// <param name="Expected">Instances that the archive says the series has.</param>
/// <param name="Bytes">Bytes received, as they travelled.</param>
public readonly record struct SeriesProgress(int Received, int Expected, long Bytes);
