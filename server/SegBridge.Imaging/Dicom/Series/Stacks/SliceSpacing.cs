using System.Globalization;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Dicom;

/// <summary>How the slices of a stack follow each other.</summary>
/// <param name="Step">From a slice to the next in mm, where they are even; the usual one where they are not.</param>
/// <param name="Problem">Null where they are even.</param>
/// <param name="Explanation">What is wrong, for people.</param>
/// <param name="IsTilted">Whether the step leaves the normal: a tilted gantry.</param>
internal sealed record SliceSpacing(LpsVector Step, DicomSeriesProblem? Problem, string Explanation, bool IsTilted)
{
    // A slice this part of a step away from its even place is still within its own voxels.
    private const double Tolerance = 0.05;
    private const double MinTolerance = 0.01;
    private const double TiltCosine = 1e-3;
    private const int MaxNamed = 8;

    public static SliceSpacing Of(IReadOnlyList<FramePlace> frames)
    {
        if (frames.Count == 1)
        {
            return new(frames[0].Normal * (frames[0].Thickness ?? 1), null, "", false);
        }

        var normal = frames[0].Normal;
        var gaps = frames.Zip(frames.Skip(1), (a, b) => b.Height - a.Height).ToArray();
        var whole = frames[^1].Position - frames[0].Position;
        var step = whole * (1.0 / (frames.Count - 1));
        var usual = gaps.Order().ElementAt(gaps.Length / 2);
        var isTilted = Drift(step, normal).Length > TiltCosine * step.Length;
        var tolerance = Math.Max(MinTolerance, Tolerance * usual);
        var worst = frames.Select((frame, n) => frame.Position - (frames[0].Position + (step * n))).ToArray();
        if (worst.All(miss => miss.Length <= tolerance))
        {
            return new(step, null, "", isTilted);
        }

        // Along the direction of the whole stack, but by the usual distance.
        var usualStep = whole * (usual / whole.Dot(normal));
        if (frames.Any(frame => OffLine(frame, frames[0], whole) > Math.Max(tolerance, 0.5 * frame.AlongRow.Length)))
        {
            return new(usualStep, DicomSeriesProblem.NotAligned, "the slices do not lie on one straight line", isTilted);
        }

        var isMissing = gaps.All(gap => Math.Abs(gap - (Math.Round(gap / usual) * usual)) <= 2 * tolerance && gap > usual / 2);
        var count = (int)gaps.Sum(gap => Math.Max(0, Math.Round(gap / usual) - 1));
        return isMissing && count > 0
            ? new(usualStep, DicomSeriesProblem.MissingSlices, $"{count} slices are missing: {Gaps(frames, gaps, gap => gap > 1.5 * usual)}", isTilted)
            : new(usualStep, DicomSeriesProblem.UnevenSpacing,
                string.Create(CultureInfo.InvariantCulture, $"the slices are {gaps.Min():0.###} to {gaps.Max():0.###} mm apart"), isTilted);
    }

    private static LpsVector Drift(LpsVector step, LpsVector normal) => step - (normal * step.Dot(normal));

    private static double OffLine(FramePlace frame, FramePlace first, LpsVector whole)
    {
        var along = (frame.Position - first.Position).Dot(whole) / whole.Dot(whole);
        return (frame.Position - (first.Position + (whole * along))).Length;
    }

    private static string Gaps(IReadOnlyList<FramePlace> frames, double[] gaps, Func<double, bool> isGap)
    {
        var named = Enumerable.Range(0, gaps.Length).Where(n => isGap(gaps[n])).ToArray();
        var text = string.Join("; ", named.Take(MaxNamed).Select(n => string.Create(
            CultureInfo.InvariantCulture, $"{gaps[n]:0.###} mm between slices {n + 1} and {n + 2} (at {frames[n].Height:0.##} mm)")));
        return named.Length > MaxNamed ? $"{text}; and {named.Length - MaxNamed} more" : text;
    }
}
