using System.Numerics;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Cli.Metrics;

/// <summary>How well a mask agrees with the truth.</summary>
/// <param name="Dice">2 · |A ∩ B| / (|A| + |B|).</param>
/// <param name="Iou">|A ∩ B| / |A ∪ B|.</param>
/// <param name="Hd95">See <see cref="SurfaceDistances.Hd95"/>, mm; null when one is empty.</param>
/// <param name="Nsd">See <see cref="SurfaceDistances.ShareWithin"/>; 0 when one is empty.</param>
/// <param name="VolumeError">(|mask| − |truth|) / |truth|: −1 when the mask is empty.</param>
internal readonly record struct MaskScores(double Dice, double Iou, double? Hd95, double Nsd, double VolumeError)
{
    /// <param name="truth">Not empty.</param>
    /// <param name="mask">In the same box.</param>
    /// <param name="spacing">Millimetres between voxels.</param>
    /// <param name="toleranceMm">Of <see cref="Nsd"/>.</param>
    public static MaskScores Of(BitBlock truth, BitBlock mask, Spacing spacing, double toleranceMm)
    {
        var (wanted, given, common) = (truth.Count, mask.Count, Common(truth.Bits, mask.Bits));
        var surfaces = SurfaceDistances.Between(truth, mask, spacing);
        return new MaskScores(
            2.0 * common / (wanted + given),
            (double)common / (wanted + given - common),
            surfaces?.Hd95,
            surfaces?.ShareWithin(toleranceMm) ?? 0,
            (double)(given - wanted) / wanted);
    }

    // Blocks of one box have their bits at the same places.
    private static long Common(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var count = 0L;
        for (var n = 0; n < a.Length; n++)
        {
            count += BitOperations.PopCount((uint)(a[n] & b[n]));
        }

        return count;
    }
}
