using System.Buffers;
using System.Numerics;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Resampling;

/// <summary>
/// Changes the number of pixels or voxels of an array that keeps its extent, without smoothing: the same numbers as
/// torch's <c>interpolate</c> with mode bilinear, trilinear or nearest and antialias off. Linear passes
/// are separable: along i, then j, then k.
/// </summary>
public static class Resize
{
    /// <summary>Bilinear, row-major rows × columns.</summary>
    /// <exception cref="ResamplingException">A size is not positive or a span has another length.</exception>
    public static void Linear2D(
        ReadOnlySpan<float> source, int rows, int columns,
        Span<float> destination, int destinationRows, int destinationColumns, CornerConvention corners) =>
        Linear3D(
            source, new VolumeSize(columns, rows, 1),
            destination, new VolumeSize(destinationColumns, destinationRows, 1), corners);

    /// <summary>Nearest, row-major rows × columns: source = floor(target · n / m).</summary>
    /// <exception cref="ResamplingException">A size is not positive or a span has another length.</exception>
    public static void Nearest2D<T>(
        ReadOnlySpan<T> source, int rows, int columns,
        Span<T> destination, int destinationRows, int destinationColumns) =>
        Nearest3D(
            source, new VolumeSize(columns, rows, 1),
            destination, new VolumeSize(destinationColumns, destinationRows, 1));

    /// <summary>Trilinear, C-order (k, j, i).</summary>
    /// <exception cref="ResamplingException">A size is not positive or a span has another length.</exception>
    public static void Linear3D(
        ReadOnlySpan<float> source, VolumeSize size,
        Span<float> destination, VolumeSize destinationSize, CornerConvention corners)
    {
        RequireLength(source.Length, size, "source");
        RequireLength(destination.Length, destinationSize, "destination");
        var alongI = new LinearAxis(size.I, destinationSize.I, corners);
        var alongJ = new LinearAxis(size.J, destinationSize.J, corners);
        var alongK = new LinearAxis(size.K, destinationSize.K, corners);
        var plane = destinationSize.I * destinationSize.J;
        if (size.K == 1 && destinationSize.K == 1)
        {
            ResizeSlice(source, size, alongI, alongJ, destination);
            return;
        }

        // Two source slices, resized along i and j already, are all that is kept at a time.
        var wideRows = ArrayPool<float>.Shared.Rent(destinationSize.I * size.J);
        var slices = ArrayPool<float>.Shared.Rent(2 * plane);
        try
        {
            var held = new[] { -1, -1 };
            var wide = wideRows.AsSpan(0, destinationSize.I * size.J);
            for (var k = 0; k < destinationSize.K; k++)
            {
                var low = Slice(source, size, alongK.Low[k], alongI, alongJ, held, slices, plane, wide);
                var high = Slice(source, size, alongK.High[k], alongI, alongJ, held, slices, plane, wide);
                Blend(
                    slices.AsSpan(low * plane, plane), slices.AsSpan(high * plane, plane),
                    alongK.Weight[k], destination.Slice(k * plane, plane));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(wideRows);
            ArrayPool<float>.Shared.Return(slices);
        }
    }

    /// <summary>Nearest, C-order (k, j, i): source = floor(target · n / m) along each axis.</summary>
    /// <exception cref="ResamplingException">A size is not positive or a span has another length.</exception>
    public static void Nearest3D<T>(ReadOnlySpan<T> source, VolumeSize size, Span<T> destination, VolumeSize destinationSize)
    {
        RequireLength(source.Length, size, "source");
        RequireLength(destination.Length, destinationSize, "destination");
        var alongI = NearestAxis(size.I, destinationSize.I);
        var alongJ = NearestAxis(size.J, destinationSize.J);
        var alongK = NearestAxis(size.K, destinationSize.K);
        var to = 0;
        foreach (var k in alongK)
        {
            foreach (var j in alongJ)
            {
                var row = source.Slice(((k * size.J) + j) * size.I, size.I);
                foreach (var i in alongI)
                {
                    destination[to++] = row[i];
                }
            }
        }
    }

    private static void ResizeSlice(ReadOnlySpan<float> source, VolumeSize size, LinearAxis alongI, LinearAxis alongJ, Span<float> slice)
    {
        var columns = alongI.Length;
        var wideRows = ArrayPool<float>.Shared.Rent(columns * size.J);
        var wide = wideRows.AsSpan(0, columns * size.J);
        ResizeRows(source, size.I, alongI, wide);
        BlendRows(wide, alongJ, columns, slice);
        ArrayPool<float>.Shared.Return(wideRows);
    }

    private static void BlendRows(ReadOnlySpan<float> wide, LinearAxis alongJ, int columns, Span<float> slice)
    {
        for (var j = 0; j < alongJ.Length; j++)
        {
            Blend(
                wide.Slice(alongJ.Low[j] * columns, columns), wide.Slice(alongJ.High[j] * columns, columns),
                alongJ.Weight[j], slice.Slice(j * columns, columns));
        }
    }

    // Source slices repeat between target slices, at most two at a time: slot k & 1 holds source slice k.
    private static int Slice(
        ReadOnlySpan<float> source, VolumeSize size, int k, LinearAxis alongI, LinearAxis alongJ,
        int[] held, float[] slices, int plane, Span<float> wide)
    {
        var slot = k & 1;
        if (held[slot] == k)
        {
            return slot;
        }

        held[slot] = k;
        var columns = alongI.Length;
        var inPlane = size.I * size.J;
        ResizeRows(source.Slice(k * inPlane, inPlane), size.I, alongI, wide);
        BlendRows(wide, alongJ, columns, slices.AsSpan(slot * plane, plane));
        return slot;
    }

    private static void ResizeRows(ReadOnlySpan<float> source, int length, LinearAxis along, Span<float> wide)
    {
        if (along.Length == length && along.IsIdentity)
        {
            source.CopyTo(wide);
            return;
        }

        var (low, high, weight) = (along.Low, along.High, along.Weight);
        for (int from = 0, to = 0; from < source.Length; from += length, to += low.Length)
        {
            var row = source.Slice(from, length);
            var result = wide.Slice(to, low.Length);
            for (var i = 0; i < result.Length; i++)
            {
                result[i] = (row[low[i]] * (1 - weight[i])) + (row[high[i]] * weight[i]);
            }
        }
    }

    internal static void Blend(ReadOnlySpan<float> low, ReadOnlySpan<float> high, float weight, Span<float> result)
    {
        if (weight == 0)
        {
            low.CopyTo(result);
            return;
        }

        var (lowWeight, highWeight) = (new Vector<float>(1 - weight), new Vector<float>(weight));
        var n = 0;
        for (; n <= result.Length - Vector<float>.Count; n += Vector<float>.Count)
        {
            ((new Vector<float>(low[n..]) * lowWeight) + (new Vector<float>(high[n..]) * highWeight)).CopyTo(result[n..]);
        }

        for (; n < result.Length; n++)
        {
            result[n] = (low[n] * (1 - weight)) + (high[n] * weight);
        }
    }

    private static int[] NearestAxis(int source, int target)
    {
        var scale = (float)source / target;
        var indices = new int[target];
        for (var n = 0; n < target; n++)
        {
            indices[n] = Math.Min((int)(n * scale), source - 1);
        }

        return indices;
    }

    private static void RequireLength(int length, VolumeSize size, string what)
    {
        if (size.I < 1 || size.J < 1 || size.K < 1 || length != size.VoxelCount)
        {
            throw new ResamplingException(
                $"the {what} must have at least one element along each axis and size I·J·K elements, got {length} for {size}");
        }
    }
}
