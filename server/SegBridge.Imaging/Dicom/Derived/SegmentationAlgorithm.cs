namespace SegBridge.Imaging.Dicom;

/// <summary>What made the segments.</summary>
/// <param name="Name">The model's identifier, at most 64 characters.</param>
/// <param name="Version">The model's version, at most 64 characters.</param>
/// <param name="Parameters">What was set, or a hash of it; null for nothing.</param>
/// <param name="IsInteractive">Whether a person's prompts led it.</param>
public sealed record SegmentationAlgorithm(string Name, string Version, string? Parameters = null, bool IsInteractive = true)
{
    /// <summary>The defined term of what made a segment.</summary>
    internal static string TypeOf(SegmentationAlgorithm? algorithm) =>
        algorithm is null ? "MANUAL" : algorithm.IsInteractive ? "SEMIAUTOMATIC" : "AUTOMATIC";
}
