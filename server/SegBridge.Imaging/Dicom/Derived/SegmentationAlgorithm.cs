namespace SegBridge.Imaging.Dicom;

/// <summary>What made the segments.</summary>
/// <param name="Name">The model's identifier.</param>
/// <param name="Version">The model's version.</param>
/// <param name="Parameters">What was set, or a hash of it, at most 64 characters; null for nothing.</param>
/// <param name="IsInteractive">Whether a person's prompts led it.</param>
public sealed record SegmentationAlgorithm(string Name, string Version, string? Parameters = null, bool IsInteractive = true);
