namespace SegBridge.Imaging.Dicom.Web;

/// <summary>What an archive made of instances that it was to store.</summary>
/// <param name="Stored">Those that it has now.</param>
/// <param name="Failed">Those that it did not take.</param>
public sealed record StoreResult(IReadOnlyList<StoredInstance> Stored, IReadOnlyList<StoreFailure> Failed);

/// <param name="Warning">What the archive changed or doubts; null when nothing.</param>
public sealed record StoredInstance(string SOPInstanceUID, string? Warning);

/// <param name="Reason">In words.</param>
public sealed record StoreFailure(string SOPInstanceUID, string Reason);
