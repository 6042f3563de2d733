namespace SegBridge.Cli.Phantom;

/// <summary>
/// The phantom's upper abdomen: shapes with their tissue, each covering those before it, in millimetres from the middle.
/// The tumour lies in the liver and is not part of the list.
/// </summary>
internal static class Anatomy
{
    private const double Long = 1e4;

    public static Shape Body { get; } = Shape.Ellipsoid(0, 0, 0, 66, 56, Long);

    public static Shape Tumour { get; } = new LobulatedShape(-31, -3, -6, 16, 14, 26, 0.8);

    public static IReadOnlyList<(Shape Shape, Tissue Tissue)> Organs { get; } = Build();

    private static List<(Shape Shape, Tissue Tissue)> Build()
    {
        var cavity = Shape.Ellipsoid(0, -2, 0, 55, 43, Long);
        var organs = new List<(Shape, Tissue)>
        {
            (Body, Tissue.Fat),
            (Shape.Ellipsoid(0, 0, 0, 61, 51, Long), Tissue.Muscle),
            (cavity, Tissue.Fat),
            (Shape.Ellipsoid(-28, -4, -18, 27, 32, 66).Within(cavity), Tissue.Liver),
            (Shape.Ellipsoid(36, 6, -10, 14, 22, 40).Within(cavity), Tissue.Spleen),
            (Shape.Ellipsoid(16, -20, -30, 20, 14, 46).Within(cavity), Tissue.Muscle with { Name = "stomach" }),
            (Shape.Ellipsoid(24, -2, 78, 26, 32, 46).Within(cavity), Tissue.Lung),
            (Shape.Ellipsoid(-26, -2, 90, 25, 31, 42).Within(cavity), Tissue.Lung),
            (Shape.Ellipsoid(0, 38, 0, 15, 12, Long), Tissue.SpongyBone),
            (Shape.Ellipsoid(0, 38, 0, 15, 12, Long).Wall(2.5), Tissue.CompactBone),
            (Shape.Ellipsoid(0, 43, 0, 5, 4, Long), Tissue.Fat with { Hounsfield = 20, Name = "spinal canal" }),
            (Shape.Ellipsoid(9, 20, 0, 7, 7, Long), Tissue.Aorta),
            (Shape.Ellipsoid(-8, 19, 0, 7, 5.5, Long), Tissue.Aorta with { Hounsfield = 140, Name = "vena cava" }),
        };
        // Ribs: short pieces of bone in the wall, at different heights left and right.
        for (var n = 0; n < 10; n++)
        {
            var angle = (n * Math.PI / 5) + 0.3;
            var (x, y) = (57.5 * Math.Cos(angle), 47 * Math.Sin(angle));
            organs.Add((Shape.Ellipsoid(x, y, ((n * 37) % 130) - 65, 5, 4, 30), Tissue.CompactBone with { Hounsfield = 520 }));
        }

        return organs;
    }
}
