using System.Buffers.Binary;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Cli.Phantom;

/// <summary>
/// A made CT of an upper abdomen with a lobulated tumour in the liver: Hounsfield units, scanner noise, partial volume at
/// all borders, slightly oblique. The same seed gives the same voxels.
/// </summary>
internal static class CtPhantom
{
    /// <summary>160 × 160 × 64 voxels of 0.9 × 0.9 × 2.5 mm.</summary>
    public static VolumeSize Size { get; } = new(160, 160, 64);

    private const double NoiseDeviation = 11;

    public static (Volume Image, Volume Label) Make(int seed) => Make(seed, Size);

    /// <param name="seed">Of the noise and texture; the anatomy is always the same.</param>
    /// <param name="size">Voxels; the middle of the anatomy is the middle of the volume whatever its size.</param>
    public static (Volume Image, Volume Label) Make(int seed, VolumeSize size)
    {
        var geometry = GeometryOf(size);
        var random = new Random(seed);
        var (image, label) = (new byte[size.VoxelCount * 2], new byte[size.VoxelCount]);
        var (spacing, at) = (geometry.Spacing, 0);
        for (var k = 0; k < size.K; k++)
        {
            var texture = Simulation.SmoothNoise.Make(size.J, size.I, (3, 3), 1, random);
            var noise = Simulation.SmoothNoise.Make(size.J, size.I, (0.6, 0.6), NoiseDeviation, random);
            var z = (k - ((size.K - 1) / 2.0)) * spacing.K;
            for (var j = 0; j < size.J; j++)
            {
                var y = (j - ((size.J - 1) / 2.0)) * spacing.J;
                for (var i = 0; i < size.I; i++, at++)
                {
                    var x = (i - ((size.I - 1) / 2.0)) * spacing.I;
                    var pixel = (j * size.I) + i;
                    var value = ValueAt(x, y, z, texture[pixel], spacing.I) + noise[pixel];
                    BinaryPrimitives.WriteInt16LittleEndian(image.AsSpan(2 * at), (short)Math.Clamp(Math.Round(value), -1024, 3071));
                    label[at] = Anatomy.Tumour.SignedDistance(x, y, z) < 0 ? (byte)1 : (byte)0;
                }
            }
        }

        return (
            new Volume(geometry, VoxelType.Int16, Rescale.Identity, image),
            new Volume(geometry, VoxelType.UInt8, Rescale.Identity, label));
    }

    // Tilted by 5° about the left-right axis and turned by 4° about the long axis of the body.
    private static VolumeGeometry GeometryOf(VolumeSize size)
    {
        var (tilt, turn) = (5 * Math.PI / 180, 4 * Math.PI / 180);
        var (ct, st, cu, su) = (Math.Cos(tilt), Math.Sin(tilt), Math.Cos(turn), Math.Sin(turn));
        var direction = new Direction(
            new LpsVector(cu, su * ct, su * st),
            new LpsVector(-su, cu * ct, cu * st),
            new LpsVector(0, -st, ct));
        return new VolumeGeometry(size, new Spacing(0.9, 0.9, 2.5), direction, new LpsPoint(-71.3, -68.2, -412.5));
    }

    private static double ValueAt(double x, double y, double z, double texture, double blur)
    {
        var value = Tissue.Air.Hounsfield;
        foreach (var (shape, tissue) in Anatomy.Organs)
        {
            value = Blend(value, tissue, shape.SignedDistance(x, y, z), texture, blur);
        }

        return Blend(value, Tissue.Tumour, Anatomy.Tumour.SignedDistance(x, y, z), texture, blur);
    }

    // A voxel that the border crosses holds a share of both sides, over one voxel's width.
    private static double Blend(double under, Tissue tissue, double distance, double texture, double blur)
    {
        var share = Math.Clamp(0.5 - (distance / (2 * blur)), 0, 1);
        return share <= 0 ? under : ((1 - share) * under) + (share * (tissue.Hounsfield + (tissue.Texture * texture)));
    }
}
