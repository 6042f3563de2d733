using System.Buffers;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Resampling;

/// <summary>
/// Linear interpolation between grids whose axes are parallel, in any order and direction: axis after axis, where
/// <see cref="GridResampler"/> looks at every voxel alone. Along the target's i first, while there are few values, and
/// along k last, whole slices at a time. Numbers differ from those of single voxels by rounding alone.
/// </summary>
internal sealed class ParallelAxes
{
    // In the order of memory: the target's k, j and i.
    private readonly ParallelAxis[] _axes;

    private ParallelAxes(ParallelAxis[] axes) => _axes = axes;

    /// <summary>Null when axes are not parallel.</summary>
    /// <param name="start">Where the target's first voxel lies on the source.</param>
    /// <param name="steps">How far a step along the target's k, j and i goes on the source.</param>
    /// <param name="source">The source's size.</param>
    /// <param name="target">The target's size.</param>
    public static ParallelAxes? TryOf(VoxelPoint start, VoxelPoint[] steps, VolumeSize source, VolumeSize target)
    {
        int[] lengths = [target.K, target.J, target.I];
        var axes = new ParallelAxis[lengths.Length];
        for (var n = 0; n < axes.Length; n++)
        {
            if (ParallelAxis.TryOf(start, steps[n], source, lengths[n]) is not { } axis)
            {
                return null;
            }

            axes[n] = axis;
        }

        return axes.DistinctBy(axis => axis.SourceAxis).Count() == axes.Length ? new ParallelAxes(axes) : null;
    }

    /// <summary>The target voxels that lie on the source.</summary>
    public VoxelBox Inside
    {
        get
        {
            var (k, j, i) = (_axes[0].Inside, _axes[1].Inside, _axes[2].Inside);
            var box = new VoxelBox(new Ijk(i.Start, j.Start, k.Start), new Ijk(i.End, j.End, k.End));
            return box.IsEmpty ? VoxelBox.Empty : box;
        }
    }

    /// <summary>Whether fewer source voxels are read than target voxels are made: only then is this the quicker way.</summary>
    public bool IsQuicker => _axes.Aggregate(1L, (count, axis) => count * axis.Reach) <= _axes.Aggregate(1L, (count, axis) => count * axis.Length);

    /// <summary>Fills the target, C-order (k, j, i), with <paramref name="outside"/> beyond the source.</summary>
    public void Resample(ReadOnlySpan<float> source, Span<float> destination, float outside)
    {
        int[] shape = [_axes[0].Reach, _axes[1].Reach, _axes[2].Reach];
        var from = ArrayPool<float>.Shared.Rent(shape[0] * shape[1] * shape[2]);
        Gather(source, from);
        for (var n = shape.Length - 1; n > 0; n--)
        {
            var (outer, inner) = (shape[..n], shape[(n + 1)..]);
            shape[n] = _axes[n].Length;
            var to = ArrayPool<float>.Shared.Rent(shape[0] * shape[1] * shape[2]);
            _axes[n].Interpolate(from, to, outer, inner);
            ArrayPool<float>.Shared.Return(from);
            from = to;
        }

        _axes[0].Interpolate(from, destination, [], shape[1..]);
        ArrayPool<float>.Shared.Return(from);
        FillOutside(destination, outside);
    }

    // The source voxels that count, in the order of the target's axes.
    private void Gather(ReadOnlySpan<float> source, Span<float> gathered)
    {
        var (k, j, i) = (_axes[0], _axes[1], _axes[2]);
        var to = 0;
        for (var slice = 0; slice < k.Reach; slice++)
        {
            for (var row = 0; row < j.Reach; row++)
            {
                var at = ((k.First + slice) * k.Stride) + ((j.First + row) * j.Stride) + (i.First * i.Stride);
                for (var column = 0; column < i.Reach; column++, at += i.Stride)
                {
                    gathered[to++] = source[at];
                }
            }
        }
    }

    private void FillOutside(Span<float> destination, float outside)
    {
        var (k, j, i) = (_axes[0], _axes[1], _axes[2]);
        for (var slice = 0; slice < k.Length; slice++)
        {
            for (var row = 0; row < j.Length; row++)
            {
                var values = destination.Slice(((slice * j.Length) + row) * i.Length, i.Length);
                if (k.IsInside(slice) && j.IsInside(row))
                {
                    values[..i.Inside.Start].Fill(outside);
                    values[i.Inside.End..].Fill(outside);
                }
                else
                {
                    values.Fill(outside);
                }
            }
        }
    }
}
