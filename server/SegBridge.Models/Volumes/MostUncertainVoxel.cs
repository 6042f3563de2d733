using System.Buffers;
using SegBridge.Models.Volumes.Patches;

namespace SegBridge.Models.Volumes;

/// <summary>
/// Where a further prompt helps most: the voxel with the largest mean doubt over the 7 × 7 × 7 voxels around it, as far
/// as they are on the patch. Doubt is 1 − |2p − 1|, and half of it where all candidates agree. Only voxels inside the
/// volume count, and none so near a prompt that the prompt lies among those 7 × 7 × 7: there the user has spoken.
/// </summary>
internal static class MostUncertainVoxel
{
    private const int Radius = 3;
    private const float Sure = 0.01f;

    // Less than one voxel among 7 × 7 × 7; what is left where sums of a row return to nothing.
    private const float Trace = 1e-4f;

    /// <param name="logits">Of the mask, size³.</param>
    /// <param name="inside">The part of the patch inside the volume; null: all of it.</param>
    /// <param name="candidates">Of the same step; may be empty.</param>
    /// <param name="prompts">All prompts so far; of the patch's size.</param>
    public static PatchUncertainty? Find(
        ReadOnlySpan<float> logits, PatchBox? inside, IReadOnlyList<VolumeCandidate> candidates, PromptMaps prompts)
    {
        var (size, count) = (prompts.Size, logits.Length);
        float[][] buffers = [ArrayPool<float>.Shared.Rent(count), ArrayPool<float>.Shared.Rent(count), ArrayPool<float>.Shared.Rent(count)];
        try
        {
            var buffer = buffers[0].AsSpan(0, count);
            var doubt = buffers[1].AsSpan(0, count);
            var drawn = buffers[2].AsSpan(0, count);
            MarkDisputed(candidates, drawn);
            for (var n = 0; n < count; n++)
            {
                // 1 − |2σ(x) − 1| = 2 / (1 + e^|x|)
                buffer[n] = (1 + drawn[n]) / (1 + MathF.Exp(MathF.Abs(logits[n])));
            }

            Average(buffer, doubt, size);
            var maps = prompts.Values.Span;
            for (var n = 0; n < count; n++)
            {
                // Positive and negative.
                buffer[n] = maps[n] + maps[count + n];
            }

            Average(buffer, drawn, size);
            return Best(doubt, drawn, inside ?? new PatchBox(default, new PatchVoxel(size, size, size)), size) is { } voxel
                && MeanAround(logits, voxel, size) is >= Sure and var mean
                ? new PatchUncertainty(voxel, mean)
                : null;
        }
        finally
        {
            Array.ForEach(buffers, rented => ArrayPool<float>.Shared.Return(rented));
        }
    }

    // 1 where some candidates are inside and others are not.
    private static void MarkDisputed(IReadOnlyList<VolumeCandidate> candidates, Span<float> disputed)
    {
        disputed.Clear();
        foreach (var candidate in candidates.Skip(1))
        {
            MarkDifferences(candidates[0].Logits.Span, candidate.Logits.Span, disputed);
        }
    }

    private static void MarkDifferences(ReadOnlySpan<float> first, ReadOnlySpan<float> other, Span<float> disputed)
    {
        for (var n = 0; n < disputed.Length; n++)
        {
            if (first[n] > 0 != other[n] > 0)
            {
                disputed[n] = 1;
            }
        }
    }

    // Where doubt is largest and nothing drawn is near.
    private static PatchVoxel? Best(ReadOnlySpan<float> doubt, ReadOnlySpan<float> drawn, PatchBox inside, int size)
    {
        PatchVoxel? best = null;
        var most = 0f;
        for (var r = inside.Lower.R; r < inside.Upper.R; r++)
        {
            for (var a = inside.Lower.A; a < inside.Upper.A; a++)
            {
                for (var s = inside.Lower.S; s < inside.Upper.S; s++)
                {
                    var voxel = new PatchVoxel(r, a, s);
                    var at = voxel.OffsetIn(size);
                    if (doubt[at] > most && drawn[at] < Trace)
                    {
                        (best, most) = (voxel, doubt[at]);
                    }
                }
            }
        }

        return best;
    }

    private static float MeanAround(ReadOnlySpan<float> logits, PatchVoxel voxel, int size)
    {
        var (sum, count) = (0.0, 0);
        for (var r = Math.Max(voxel.R - Radius, 0); r <= Math.Min(voxel.R + Radius, size - 1); r++)
        {
            for (var a = Math.Max(voxel.A - Radius, 0); a <= Math.Min(voxel.A + Radius, size - 1); a++)
            {
                for (var s = Math.Max(voxel.S - Radius, 0); s <= Math.Min(voxel.S + Radius, size - 1); s++, count++)
                {
                    sum += 2 / (1 + MathF.Exp(MathF.Abs(logits[new PatchVoxel(r, a, s).OffsetIn(size)])));
                }
            }
        }

        return (float)(sum / count);
    }

    /// <summary>The mean over the 7 × 7 × 7 neighbours, fewer at the ends; the values themselves are lost.</summary>
    private static void Average(Span<float> values, Span<float> means, int size)
    {
        Average(values, means, size, 1);
        Average(means, values, size, size);
        Average(values, means, size, size * size);
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
