using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Formats;

/// <summary>
/// An orientation as NIfTI's qform has it: the unit quaternion a + bi + cj + dk of the rotation that takes the grid
/// axes to RAS, with a ≥ 0 left out, and the handedness of the third axis.
/// </summary>
internal readonly record struct NiftiQForm(double B, double C, double D, int Hand)
{
    private const double OrthogonalTolerance = 1e-5;

    /// <summary>Null where the axes are not at right angles, which a quaternion cannot say.</summary>
    public static NiftiQForm? Of(VolumeGeometry geometry)
    {
        var direction = geometry.Direction;
        if (!direction.IsOrthogonal(OrthogonalTolerance))
        {
            return null;
        }

        var ras = WorldFrame.Ras;
        // LPS and RAS have the same handedness, so the determinant may be taken in either.
        var hand = direction.Determinant < 0 ? -1 : 1;
        var (xi, yi, zi) = ras.FromLps(direction.IAxis);
        var (xj, yj, zj) = ras.FromLps(direction.JAxis);
        var (xk, yk, zk) = ras.FromLps(direction.KAxis * hand);

        // 4·a², 4·b², 4·c², 4·d²: dividing by the root of the largest keeps all digits.
        var a4 = 1 + xi + yj + zk;
        var b4 = 1 + xi - yj - zk;
        var c4 = 1 - xi + yj - zk;
        var d4 = 1 - xi - yj + zk;
        double a, b, c, d;
        if (a4 >= 1)
        {
            (a, b, c, d) = (a4, zj - yk, xk - zi, yi - xj);
        }
        else if (b4 >= c4 && b4 >= d4)
        {
            (a, b, c, d) = (zj - yk, b4, xj + yi, xk + zi);
        }
        else if (c4 >= d4)
        {
            (a, b, c, d) = (xk - zi, xj + yi, c4, yk + zj);
        }
        else
        {
            (a, b, c, d) = (yi - xj, xk + zi, yk + zj, d4);
        }

        var norm = Math.Sqrt((a * a) + (b * b) + (c * c) + (d * d)) * (a < 0 ? -1 : 1);
        return new NiftiQForm(b / norm, c / norm, d / norm, hand);
    }
}
