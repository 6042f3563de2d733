using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Formats;

/// <summary>
/// The grid a NIfTI header describes. Of the three ways the first that the header has is taken, as nibabel does:
/// the sform (sform_code &gt; 0), the qform (qform_code &gt; 0), else the spacings alone. For the last, the voxels run
/// from right to left and the middle of the volume lies at the origin.
/// </summary>
internal static class NiftiOrientation
{
    private const double QuaternionTolerance = 1e-4;
    private const int SpaceUnitMask = 7;

    /// <summary>Steps in LPS millimetres.</summary>
    public static (GridSteps Steps, string Source) StepsOf(NiftiHeader header, VolumeSize size)
    {
        var (steps, source) = header switch
        {
            { SFormCode: > 0 } => (FromSForm(header.SForm), "the NIfTI sform"),
            { QFormCode: > 0 } => (FromQForm(header), "the NIfTI qform"),
            _ => (FromSpacings(header, size), "the NIfTI pixdim"),
        };
        return (steps.InMillimetres(MillimetresOf(header.Units)), source);
    }

    private static double MillimetresOf(int units) => (units & SpaceUnitMask) switch
    {
        0 or 2 => 1,
        1 => 1000,
        3 => 0.001,
        var unit => throw new VolumeFormatException(
            $"NIfTI xyzt_units must give the unit of space as 0 (unknown, taken as mm), 1 (m), 2 (mm) or 3 (µm), got {unit}"),
    };

    private static GridSteps FromSForm(double[] rows)
    {
        var ras = WorldFrame.Ras;
        return new GridSteps(
            ras.ToLps(rows[0], rows[4], rows[8]),
            ras.ToLps(rows[1], rows[5], rows[9]),
            ras.ToLps(rows[2], rows[6], rows[10]),
            ras.ToLpsPoint(rows[3], rows[7], rows[11]));
    }

    private static GridSteps FromQForm(NiftiHeader header)
    {
        var (b, c, d) = (header.Quaternion[0], header.Quaternion[1], header.Quaternion[2]);
        var squares = (b * b) + (c * c) + (d * d);
        if (!(squares <= 1 + QuaternionTolerance))
        {
            throw new VolumeFormatException(
                $"the NIfTI qform must have b² + c² + d² of at most 1, got {squares} for quatern_b, c, d = ({b}, {c}, {d})");
        }

        var a = Math.Sqrt(Math.Max(0, 1 - squares));
        var norm = Math.Sqrt((a * a) + squares);
        (a, b, c, d) = (a / norm, b / norm, c / norm, d / norm);
        // pixdim[0] is the handedness: −1 turns the third axis around; writers leave 0 for +1.
        var hand = header.PixDim[0] < 0 ? -1 : 1;
        var ras = WorldFrame.Ras;
        return new GridSteps(
            ras.ToLps((a * a) + (b * b) - (c * c) - (d * d), 2 * ((b * c) + (a * d)), 2 * ((b * d) - (a * c))) * SpacingOf(header, 1),
            ras.ToLps(2 * ((b * c) - (a * d)), (a * a) + (c * c) - (b * b) - (d * d), 2 * ((c * d) + (a * b))) * SpacingOf(header, 2),
            ras.ToLps(2 * ((b * d) + (a * c)), 2 * ((c * d) - (a * b)), (a * a) + (d * d) - (b * b) - (c * c)) * (hand * SpacingOf(header, 3)),
            ras.ToLpsPoint(header.QOffset[0], header.QOffset[1], header.QOffset[2]));
    }

    private static GridSteps FromSpacings(NiftiHeader header, VolumeSize size)
    {
        var (x, y, z) = (SpacingOf(header, 1), SpacingOf(header, 2), SpacingOf(header, 3));
        var ras = WorldFrame.Ras;
        return new GridSteps(
            ras.ToLps(-x, 0, 0),
            ras.ToLps(0, y, 0),
            ras.ToLps(0, 0, z),
            ras.ToLpsPoint(x * (size.I - 1) / 2, -y * (size.J - 1) / 2, -z * (size.K - 1) / 2));
    }

    // Signs carry no meaning here, and 0 stands for "not known": 1, as nibabel has it.
    private static double SpacingOf(NiftiHeader header, int axis) =>
        header.PixDim[axis] == 0 ? 1 : Math.Abs(header.PixDim[axis]);
}
