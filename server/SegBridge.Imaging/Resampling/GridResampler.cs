using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Resampling;

/// <summary>
/// Reads an image on one grid at the voxel centres of another, which may lie and turn anywhere in patient space.
/// Both grids meet in LPS millimetres: source index = toVoxel(source, toLps(target, index)), an affine map that is
/// worked out once. Immutable and safe for concurrent use.
/// <para>
/// A target voxel is outside when its centre lies outside the source's voxels, that is beyond [−½, n − ½] along any
/// axis; between the outermost voxel centres and that border linear interpolation repeats the edge.
/// </para>
/// </summary>
public sealed class GridResampler
{
    // Centres on the border itself must not fall out by rounding.
    private const double Slack = 1e-6;

    private readonly VoxelPoint _start;
    private readonly VoxelPoint _stepI;
    private readonly VoxelPoint _stepJ;
    private readonly VoxelPoint _stepK;

    public GridResampler(VolumeGeometry source, VolumeGeometry target)
    {
        Source = source;
        Target = target;
        _start = ToSource(new VoxelPoint(0, 0, 0));
        _stepI = Difference(ToSource(new VoxelPoint(1, 0, 0)), _start);
        _stepJ = Difference(ToSource(new VoxelPoint(0, 1, 0)), _start);
        _stepK = Difference(ToSource(new VoxelPoint(0, 0, 1)), _start);
    }

    public VolumeGeometry Source { get; }

    public VolumeGeometry Target { get; }

    /// <summary>
    /// The source voxels that any target voxel may read, edges of interpolation included: what must have arrived
    /// before resampling. Empty when the grids do not meet.
    /// </summary>
    public VoxelBox SourceBox
    {
        get
        {
            var (low, high) = (new VoxelPoint(double.MaxValue, double.MaxValue, double.MaxValue), new VoxelPoint(double.MinValue, double.MinValue, double.MinValue));
            for (var corner = 0; corner < 8; corner++)
            {
                var at = ToSource(new VoxelPoint(
                    (corner & 1) * (double)(Target.Size.I - 1), ((corner >> 1) & 1) * (double)(Target.Size.J - 1), (corner >> 2) * (double)(Target.Size.K - 1)));
                low = new VoxelPoint(Math.Min(low.I, at.I), Math.Min(low.J, at.J), Math.Min(low.K, at.K));
                high = new VoxelPoint(Math.Max(high.I, at.I), Math.Max(high.J, at.J), Math.Max(high.K, at.K));
            }

            var lower = new VoxelPoint(low.I - 1, low.J - 1, low.K - 1).Nearest();
            var upper = new VoxelPoint(high.I + 2, high.J + 2, high.K + 2).Nearest();
            return new VoxelBox(lower, upper).Intersect(Source.Bounds);
        }
    }

    /// <summary>The target voxels that lie on the source, the only ones there are values for; null when the grids are turned against each other.</summary>
    public VoxelBox? Inside => Parallel?.Inside;

    private ParallelAxes? Parallel => ParallelAxes.TryOf(_start, [_stepK, _stepJ, _stepI], Source.Size, Target.Size);

    /// <summary>Fills a target image.</summary>
    /// <param name="source">Values on the source grid, C-order (k, j, i).</param>
    /// <param name="destination">Values on the target grid, C-order (k, j, i).</param>
    /// <param name="interpolation">Linear for images, nearest for labels.</param>
    /// <param name="outside">The value of target voxels that lie outside the source.</param>
    /// <exception cref="ResamplingException">A span is not of its grid's length.</exception>
    public void Resample(ReadOnlySpan<float> source, Span<float> destination, Interpolation interpolation, float outside)
    {
        if (source.Length != Source.Size.VoxelCount || destination.Length != Target.Size.VoxelCount)
        {
            throw new ResamplingException(
                $"the source must have {Source.Size.VoxelCount} and the destination {Target.Size.VoxelCount} values, got {source.Length} and {destination.Length}");
        }

        if (interpolation == Interpolation.Linear && Parallel is { IsQuicker: true } parallel)
        {
            parallel.Resample(source, destination, outside);
        }
        else
        {
            ResampleEachVoxel(source, destination, interpolation, outside);
        }
    }

    /// <summary>The same for grids that may be turned against each other.</summary>
    internal void ResampleEachVoxel(ReadOnlySpan<float> source, Span<float> destination, Interpolation interpolation, float outside)
    {
        var size = Target.Size;
        var to = 0;
        for (var k = 0; k < size.K; k++)
        {
            for (var j = 0; j < size.J; j++, to += size.I)
            {
                var row = destination.Slice(to, size.I);
                if (interpolation == Interpolation.Linear)
                {
                    LinearRow(source, j, k, row, outside);
                }
                else
                {
                    NearestRow(source, j, k, row, outside);
                }
            }
        }
    }

    private void NearestRow(ReadOnlySpan<float> source, int j, int k, Span<float> row, float outside)
    {
        var size = Source.Size;
        for (var i = 0; i < row.Length; i++)
        {
            var at = At(i, j, k);
            if (!IsInside(at))
            {
                row[i] = outside;
                continue;
            }

            var (x, y, z) = (Clamp(Math.Floor(at.I + 0.5), size.I), Clamp(Math.Floor(at.J + 0.5), size.J), Clamp(Math.Floor(at.K + 0.5), size.K));
            row[i] = source[(((z * size.J) + y) * size.I) + x];
        }
    }

    private void LinearRow(ReadOnlySpan<float> source, int j, int k, Span<float> row, float outside)
    {
        var size = Source.Size;
        for (var i = 0; i < row.Length; i++)
        {
            var at = At(i, j, k);
            if (!IsInside(at))
            {
                row[i] = outside;
                continue;
            }

            var (x, nextX, u) = Neighbours(at.I, size.I, 1);
            var (y, nextY, v) = Neighbours(at.J, size.J, size.I);
            var (z, nextZ, w) = Neighbours(at.K, size.K, size.I * size.J);
            var near = Mix(
                Mix(source[z + y + x], source[z + y + nextX], u), Mix(source[z + nextY + x], source[z + nextY + nextX], u), v);
            var far = Mix(
                Mix(source[nextZ + y + x], source[nextZ + y + nextX], u), Mix(source[nextZ + nextY + x], source[nextZ + nextY + nextX], u), v);
            row[i] = Mix(near, far, w);
        }
    }

    internal static (int Low, int High, float Weight) Neighbours(double at, int length, int stride)
    {
        var inner = Math.Clamp(at, 0, length - 1);
        var low = (int)inner;
        return (low * stride, Math.Min(low + 1, length - 1) * stride, (float)(inner - low));
    }

    internal static float Mix(float low, float high, float weight) => weight == 0 ? low : (low * (1 - weight)) + (high * weight);

    private static int Clamp(double at, int length) => (int)Math.Clamp(at, 0, length - 1);

    private VoxelPoint At(int i, int j, int k) => new(
        _start.I + (_stepI.I * i) + (_stepJ.I * j) + (_stepK.I * k),
        _start.J + (_stepI.J * i) + (_stepJ.J * j) + (_stepK.J * k),
        _start.K + (_stepI.K * i) + (_stepJ.K * j) + (_stepK.K * k));

    internal static bool IsInside(double at, int length) => at >= -0.5 - Slack && at <= length - 0.5 + Slack;

    private bool IsInside(VoxelPoint at) => IsInside(at.I, Source.Size.I) && IsInside(at.J, Source.Size.J) && IsInside(at.K, Source.Size.K);

    private VoxelPoint ToSource(VoxelPoint target) => Source.ToVoxel(Target.ToLps(target));

    private static VoxelPoint Difference(VoxelPoint a, VoxelPoint b) => new(a.I - b.I, a.J - b.J, a.K - b.K);
}
