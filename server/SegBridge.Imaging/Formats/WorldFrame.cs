using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Formats;

/// <summary>
/// The patient frame that a file's numbers are in, and the one place where they become LPS. The frames differ in the
/// sign of the first two axes only, so that the same step leads there and back:
/// lps = (LeftSign · x, PosteriorSign · y, z).
/// </summary>
internal readonly record struct WorldFrame(string Name, int LeftSign, int PosteriorSign)
{
    /// <summary>Left, posterior, superior: DICOM, ITK and this server.</summary>
    public static WorldFrame Lps { get; } = new("left-posterior-superior", 1, 1);

    /// <summary>Right, anterior, superior: NIfTI and 3D Slicer.</summary>
    public static WorldFrame Ras { get; } = new("right-anterior-superior", -1, -1);

    /// <summary>Left, anterior, superior.</summary>
    public static WorldFrame Las { get; } = new("left-anterior-superior", 1, -1);

    /// <summary>A displacement given in this frame, in LPS.</summary>
    public LpsVector ToLps(double x, double y, double z) => new(LeftSign * x, PosteriorSign * y, z);

    /// <summary>A position given in this frame, in LPS.</summary>
    public LpsPoint ToLpsPoint(double x, double y, double z) => new(LeftSign * x, PosteriorSign * y, z);

    /// <summary>An LPS displacement as the three numbers of this frame.</summary>
    public (double X, double Y, double Z) FromLps(LpsVector lps) => (LeftSign * lps.L, PosteriorSign * lps.P, lps.S);

    /// <summary>An LPS position as the three numbers of this frame.</summary>
    public (double X, double Y, double Z) FromLps(LpsPoint lps) => (LeftSign * lps.L, PosteriorSign * lps.P, lps.S);
}
