using SegBridge.Models.Bundles;

namespace SegBridge.Models.Volumes.Patches;

/// <summary>How large a patch's voxels are, in millimetres along every axis.</summary>
public static class PatchSpacing
{
    /// <summary>Around an object.</summary>
    /// <param name="input">Of a 3D model: one spacing, or a rule that follows the object.</param>
    /// <param name="extentMm">Largest extent along any axis of what is known of the object: box, current mask and prompts together.</param>
    /// <exception cref="ArgumentException">The model's grid is not of one spacing, or the extent is not a length.</exception>
    public static double Around(InputGrid input, double extentMm) =>
        Of(input, extentMm, rule => Math.Clamp(rule.Margin * extentMm / input.Size[0], rule.Minimum, rule.Maximum));

    /// <summary>Around prompts alone: there is neither a box nor a mask, and the object may be as large as the volume.</summary>
    /// <param name="input">As above.</param>
    /// <param name="volumeMm">Largest extent of the volume along any axis.</param>
    /// <exception cref="ArgumentException">As above.</exception>
    public static double AroundPrompts(InputGrid input, double volumeMm) =>
        Of(input, volumeMm, rule => Math.Clamp(rule.Margin * volumeMm / input.Size[0], rule.Minimum, rule.Default));

    private static double Of(InputGrid input, double extentMm, Func<FittedSpacing, double> fitted)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (!(extentMm >= 0 && double.IsFinite(extentMm)))
        {
            throw new ArgumentException(FormattableString.Invariant($"an extent is a length in millimetres, got {extentMm}"), nameof(extentMm));
        }

        if (input.SpacingMm is { } fixedSpacing)
        {
            return fixedSpacing.All(spacing => spacing == fixedSpacing[0])
                ? fixedSpacing[0]
                : throw new ArgumentException("the model's grid has not the same spacing along all axes", nameof(input));
        }

        return fitted(input.Fitted ?? throw new ArgumentException("the model's grid has no spacing: it works on slices", nameof(input)));
    }
}
