using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Dicom;

/// <summary>Interpolates slices at uneven places linearly onto an even grid.</summary>
internal static class EvenSlices
{
    /// <param name="uneven">The slices as if they were even.</param>
    /// <param name="frames">Where they are.</param>
    /// <param name="step">From a slice of the result to the next.</param>
    public static Volume Resample(Volume uneven, IReadOnlyList<DicomFrame> frames, LpsVector step, DicomReadLimits limits)
    {
        var heights = frames.Select(frame => frame.Height - frames[0].Height).ToArray();
        var distance = step.Dot(frames[0].Normal);
        var from = uneven.Geometry.Size;
        var size = GridSteps.SizeOf(from.I, from.J, (long)Math.Floor((heights[^1] / distance) + 0.5) + 1, "an even grid");
        ResampledVolume.RequireMemory(size, uneven.VoxelType, limits);

        var slice = size.I * size.J;
        var (below, above) = (new float[slice], new float[slice]);
        var result = new ResampledVolume(uneven, size);
        for (int k = 0, n = 0; k < size.K; k++)
        {
            var height = Math.Min(k * distance, heights[^1]);
            while (n + 2 < heights.Length && heights[n + 1] <= height)
            {
                n++;
            }

            var part = (float)((height - heights[n]) / (heights[n + 1] - heights[n]));
            result.ReadStored(n, below);
            result.ReadStored(n + 1, above);
            for (var v = 0; v < slice; v++)
            {
                below[v] += part * (above[v] - below[v]);
            }

            result.Write(k, below);
        }

        var geometry = uneven.Geometry;
        return result.ToVolume(new VolumeGeometry(
            size, geometry.Spacing with { K = step.Length }, geometry.Direction with { KAxis = step * (1 / step.Length) }, geometry.Origin));
    }
}
