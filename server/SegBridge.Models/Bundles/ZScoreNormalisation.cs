using SegBridge.Imaging.Intensity;

namespace SegBridge.Models.Bundles;

/// <summary>
/// Clipped, then (x − mean) / standard deviation, by rules that depend on the modality. Applied to the patch that the
/// network sees. The manifest calls it <c>zscore</c>.
/// </summary>
/// <param name="Modalities">Rules by DICOM modality, for example "CT".</param>
/// <param name="Otherwise">The rule of every other modality; null when the model takes those named only.</param>
public sealed record ZScoreNormalisation(IReadOnlyDictionary<string, ZScoreRule> Modalities, ZScoreRule? Otherwise) : Normalisation
{
    /// <summary>Whether any rule goes by statistics of the whole volume.</summary>
    public bool NeedsVolume => Otherwise is { NeedsVolume: true } || Modalities.Values.Any(rule => rule.NeedsVolume);

    /// <summary>The rule for a modality.</summary>
    /// <param name="modality">Unknown takes the general rule, or the only one there is.</param>
    /// <exception cref="UnsupportedModalityException">The model takes images of other modalities only.</exception>
    public ZScoreRule RuleFor(Modality modality) => RuleFor(modality switch
    {
        Modality.Unknown => null,
        Modality.Other => "OT",
        _ => modality.ToString(),
    });

    /// <summary>The rule for a modality.</summary>
    /// <param name="modality">
    /// As DICOM spells it; null or empty when unknown, which takes the general rule, or the only one there is.
    /// </param>
    /// <exception cref="UnsupportedModalityException">The model takes images of other modalities only.</exception>
    public ZScoreRule RuleFor(string? modality)
    {
        if (!string.IsNullOrEmpty(modality) && Modalities.TryGetValue(modality, out var rule))
        {
            return rule;
        }

        if (Otherwise is not null)
        {
            return Otherwise;
        }

        return string.IsNullOrEmpty(modality) && Modalities.Count == 1
            ? Modalities.Values.Single()
            : throw new UnsupportedModalityException(
                $"the model takes images of the modality {string.Join(" or ", Modalities.Keys.Order(StringComparer.Ordinal))}, "
                + (string.IsNullOrEmpty(modality) ? "and this one's is not known" : $"this one's is {modality}"));
    }
}
