using System.Buffers;
using SegBridge.Models.Volumes.Patches;

namespace SegBridge.Models.Volumes;

/// <summary>
/// Where a further prompt helps most: the voxel with the largest mean of 1 − |2p − 1| over the 7 × 7 × 7 voxels around
/// it, as far as they are on the patch.
/// </summary>
internal static class MostUncertainVoxel
{
    private const int Radius = 3;
    private const float Sure = 0.01f;

    public static PatchUncertainty? Find(ReadOnlySpan<float> logits, int size)
    {
        var (first, second) = (ArrayPool<float>.Shared.Rent(logits.Length), ArrayPool<float>.Shared.Rent(logits.Length));
        try
        {
            var means = first.AsSpan(0, logits.Length);
            var passed = second.AsSpan(0, logits.Length);
            for (var n = 0; n < logits.Length; n++)
            {
                // 1 − |2σ(x) − 1| = 2 / (1 + e^|x|)
                means[n] = 2 / (1 + MathF.Exp(MathF.Abs(logits[n])));
            }

            Average(means, passed, size, 1);
            Average(passed, means, size, size);
            Average(means, passed, size, size * size);
            var best = 0;
            for (var n = 1; n < passed.Length; n++)
            {
                best = passed[n] > passed[best] ? n : best;
            }

            return passed[best] < Sure ? null : new PatchUncertainty(PatchVoxel.At(best, size), Math.Min(passed[best], 1));
        }
        finally
        {
            ArrayPool<float>.Shared.Return(first);
            ArrayPool<float>.Shared.Return(second);
        }
    }

    // The mean over 7 neighbours along the axis of that stride, fewer at the ends.
    private static void Average(ReadOnlySpan<float> source, Span<float> means, int size, int stride)
    {
        var lines = source.Length / size;
        for (var line = 0; line < lines; line++)
        {
            var start = (line / stride * stride * size) + (line % stride);
            var sum = 0.0;
            for (var n = -Radius; n < size; n++)
            {
                if (n + Radius < size)
                {
                    sum += source[start + ((n + Radius) * stride)];
                }

                if (n - Radius - 1 >= 0)
                {
                    sum -= source[start + ((n - Radius - 1) * stride)];
                }

                if (n >= 0)
                {
                    means[start + (n * stride)] = (float)(sum / (Math.Min(n + Radius + 1, size) - Math.Max(n - Radius, 0)));
                }
            }
        }
    }
}
