using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Resampling;

/// <summary>One axis of a target grid that runs along an axis of the source.</summary>
internal sealed class ParallelAxis
{
    // Voxels of the source by which the last voxel may lie beside the axis: rounding, and nothing that a value shows.
    private const double Crooked = 1e-9;

    private readonly int[] _low;
    private readonly int[] _high;
    private readonly float[] _weight;

    private ParallelAxis(int sourceAxis, int stride, int sourceLength, double start, double step, int length)
    {
        (SourceAxis, Stride, Length) = (sourceAxis, stride, length);
        (_low, _high, _weight) = (new int[length], new int[length], new float[length]);
        var (first, last, inside) = (int.MaxValue, 0, (Start: length, End: length));
        for (var n = 0; n < length; n++)
        {
            var at = start + (step * n);
            var (low, high, weight) = GridResampler.Neighbours(at, sourceLength, 1);
            (_low[n], _high[n], _weight[n]) = (low, high, weight);
            (first, last) = (Math.Min(first, low), Math.Max(last, high));
            if (GridResampler.IsInside(at, sourceLength))
            {
                inside = (Math.Min(inside.Start, n), n + 1);
            }
        }

        (First, Reach, Inside) = (first, last - first + 1, inside);
        for (var n = 0; n < length; n++)
        {
            _low[n] -= first;
            _high[n] -= first;
        }
    }

    /// <summary>0, 1 or 2 for the source's i, j or k.</summary>
    public int SourceAxis { get; }

    /// <summary>From one source voxel to the next along this axis.</summary>
    public int Stride { get; }

    /// <summary>Voxels of the target.</summary>
    public int Length { get; }

    /// <summary>The first source voxel that counts.</summary>
    public int First { get; }

    /// <summary>How many count.</summary>
    public int Reach { get; }

    /// <summary>The target voxels that lie on the source, half-open.</summary>
    public (int Start, int End) Inside { get; }

    public bool IsInside(int n) => n >= Inside.Start && n < Inside.End;

    /// <summary>Null when a step runs along several source axes, or along none.</summary>
    public static ParallelAxis? TryOf(VoxelPoint start, VoxelPoint step, VolumeSize source, int length)
    {
        double[] along = [step.I, step.J, step.K];
        var axis = Enumerable.Range(0, along.Length).MaxBy(n => Math.Abs(along[n]));
        if (along.Where((part, n) => n != axis && Math.Abs(part) * length > Crooked).Any() || along[axis] == 0)
        {
            return null;
        }

        return axis switch
        {
            0 => new ParallelAxis(axis, 1, source.I, start.I, step.I, length),
            1 => new ParallelAxis(axis, source.I, source.J, start.J, step.J, length),
            _ => new ParallelAxis(axis, source.I * source.J, source.K, start.K, step.K, length),
        };
    }

    /// <summary>Interpolates along this axis of an array.</summary>
    /// <param name="from">[outer…, reach, inner…]</param>
    /// <param name="to">[outer…, length, inner…]</param>
    /// <param name="outer">Lengths of the axes before this one.</param>
    /// <param name="inner">Lengths of those after it.</param>
    public void Interpolate(ReadOnlySpan<float> from, Span<float> to, int[] outer, int[] inner)
    {
        var (blocks, run) = (outer.Aggregate(1, (count, side) => count * side), inner.Aggregate(1, (count, side) => count * side));
        for (var block = 0; block < blocks; block++)
        {
            var read = from.Slice(block * Reach * run, Reach * run);
            var written = to.Slice(block * Length * run, Length * run);
            if (run == 1)
            {
                InterpolateRow(read, written);
                continue;
            }

            for (var n = 0; n < Length; n++)
            {
                Resize.Blend(read.Slice(_low[n] * run, run), read.Slice(_high[n] * run, run), _weight[n], written.Slice(n * run, run));
            }
        }
    }

    private void InterpolateRow(ReadOnlySpan<float> from, Span<float> to)
    {
        for (var n = 0; n < to.Length; n++)
        {
            to[n] = GridResampler.Mix(from[_low[n]], from[_high[n]], _weight[n]);
        }
    }
}
