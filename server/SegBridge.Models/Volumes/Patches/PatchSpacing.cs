using SegBridge.Models.Bundles;

namespace SegBridge.Models.Volumes.Patches;

/// <summary>How large a patch's voxels are.</summary>
public static class PatchSpacing
{
    /// <summary>Millimetres along every axis.</summary>
    /// <param name="input">Of a 3D model: one spacing, or a rule that follows the object.</param>
    /// <param name="extentMm">
    /// Largest extent along any axis of what is known of the object, the box and the current mask together; null when
    /// there is neither.
    /// </param>
    /// <exception cref="ArgumentException">The model's grid is not of one spacing, or the extent is not a length.</exception>
    public static double Of(InputGrid input, double? extentMm)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (extentMm is not null && !(extentMm >= 0 && double.IsFinite(extentMm.Value)))
        {
            throw new ArgumentException(FormattableString.Invariant($"an extent is a length in millimetres, got {extentMm}"), nameof(extentMm));
        }

        if (input.SpacingMm is { } fixedSpacing)
        {
            return fixedSpacing.All(spacing => spacing == fixedSpacing[0])
                ? fixedSpacing[0]
                : throw new ArgumentException("the model's grid has not the same spacing along all axes", nameof(input));
        }

        var rule = input.Fitted ?? throw new ArgumentException("the model's grid has no spacing: it works on slices", nameof(input));
        return extentMm is { } extent
            ? Math.Clamp(rule.Margin * extent / input.Size[0], rule.Minimum, rule.Maximum)
            : rule.Default;
    }
}
