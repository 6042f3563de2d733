using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Dicom;

/// <summary>
/// Undoes the shear of a tilted gantry: each slice stays in its plane and moves, interpolated linearly, to a grid at
/// right angles that holds all of them.
/// </summary>
internal static class UprightSlices
{
    /// <param name="padding">The value of what lies beside a slice; null: the lowest of the volume.</param>
    public static Volume Resample(Volume sheared, double? padding, DicomReadLimits limits)
    {
        var geometry = sheared.Geometry;
        var (direction, spacing, from) = (geometry.Direction, geometry.Spacing, geometry.Size);
        var normal = direction.IAxis.Cross(direction.JAxis) * (1 / direction.IAxis.Cross(direction.JAxis).Length);
        var step = direction.KAxis * spacing.K;
        // How far each slice has moved against the one before, in pixels.
        var (driftI, driftJ) = (step.Dot(direction.IAxis) / spacing.I, step.Dot(direction.JAxis) / spacing.J);
        var (lowI, extraI) = Extent(driftI * (from.K - 1));
        var (lowJ, extraJ) = Extent(driftJ * (from.K - 1));
        var size = GridSteps.SizeOf(from.I + extraI, from.J + extraJ, from.K, "an upright grid");
        ResampledVolume.RequireMemory(size, sheared.VoxelType, limits);

        var result = new ResampledVolume(sheared, size);
        var slice = new float[from.I * from.J];
        var moved = new float[size.I * size.J];
        var outside = padding is { } value
            ? (float)((value - sheared.Rescale.Intercept) / sheared.Rescale.Slope)
            : Lowest(result, from, slice, sheared.Rescale.Slope < 0);
        for (var k = 0; k < from.K; k++)
        {
            result.ReadStored(k, slice);
            Move(slice, from, moved, size, lowI - (driftI * k), lowJ - (driftJ * k), outside);
            result.Write(k, moved);
        }

        var origin = geometry.Origin + (direction.IAxis * (lowI * spacing.I)) + (direction.JAxis * (lowJ * spacing.J));
        return result.ToVolume(new VolumeGeometry(
            size, spacing with { K = Math.Abs(step.Dot(normal)) }, direction with { KAxis = step.Dot(normal) < 0 ? normal * -1 : normal }, origin));
    }

    /// <summary>First pixel and number of pixels more that a drift of so many needs.</summary>
    private static (long Low, long Extra) Extent(double drift)
    {
        var low = (long)Math.Floor(Math.Min(0, drift) + 1e-6);
        return (low, (long)Math.Ceiling(Math.Max(0, drift) - 1e-6) - low);
    }

    private static float Lowest(ResampledVolume volume, VolumeSize size, float[] slice, bool isInverted)
    {
        var lowest = isInverted ? float.MinValue : float.MaxValue;
        for (var k = 0; k < size.K; k++)
        {
            volume.ReadStored(k, slice);
            foreach (var value in slice)
            {
                lowest = isInverted ? Math.Max(lowest, value) : Math.Min(lowest, value);
            }
        }

        return lowest;
    }

    private static void Move(float[] slice, VolumeSize from, float[] moved, VolumeSize to, double offsetI, double offsetJ, float outside)
    {
        var (wholeI, wholeJ) = ((int)Math.Floor(offsetI), (int)Math.Floor(offsetJ));
        var (partI, partJ) = ((float)(offsetI - wholeI), (float)(offsetJ - wholeJ));
        float At(int i, int j) => (uint)i < (uint)from.I && (uint)j < (uint)from.J ? slice[(j * from.I) + i] : outside;
        for (var j = 0; j < to.J; j++)
        {
            for (var i = 0; i < to.I; i++)
            {
                var (a, b) = (i + wholeI, j + wholeJ);
                var upper = At(a, b) + (partI * (At(a + 1, b) - At(a, b)));
                var lower = At(a, b + 1) + (partI * (At(a + 1, b + 1) - At(a, b + 1)));
                moved[(j * to.I) + i] = upper + (partJ * (lower - upper));
            }
        }
    }
}
