namespace SegBridge.Models.Import.Families;

/// <summary>The constants that a PRISM network was trained with: (clip(x) − mean) / standard deviation.</summary>
/// <param name="Low">Values below become this one; HU for CT.</param>
/// <param name="High">Values above become this one.</param>
/// <param name="Mean">Of the clipped training voxels.</param>
/// <param name="StandardDeviation">Of the clipped training voxels, above 0.</param>
/// <param name="Modality">The only modality that the constants are for; null: any.</param>
public sealed record PrismIntensities(double Low, double High, double Mean, double StandardDeviation, string? Modality = null)
{
    /// <summary>Those of the published networks (PRISM, supplementary code: one set per kind of tumour), by name.</summary>
    public static IReadOnlyDictionary<string, PrismIntensities> Presets { get; } = new Dictionary<string, PrismIntensities>(StringComparer.Ordinal)
    {
        ["colon"] = new(-57, 175, 65.175035, 32.651197, "CT"),
        ["pancreas"] = new(-39, 204, 68.45214, 63.422806, "CT"),
        ["liver"] = new(-48, 163, 60.057533, 40.198017, "CT"),
        ["kidney"] = new(-54, 247, 59.53867, 55.457336, "CT"),
    };
}
