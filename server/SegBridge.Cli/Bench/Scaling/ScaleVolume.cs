using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Cli.Bench.Scaling;

/// <summary>Cubes of any size with an object of always the same size in the middle. Only the pages around it take memory.</summary>
internal static class ScaleVolume
{
    /// <summary>Voxels of the object along each axis.</summary>
    public const int ObjectSide = 32;

    private const int Bright = 120;
    private const int Noise = 63;

    public static Volume Cube(int side)
    {
        var size = new VolumeSize(side, side, side);
        // Left as the system gives it: zeros that are not there until they are read.
        var voxels = new byte[2L * side * side * side];
        var chance = new Random(side);
        var inside = ObjectIn(size);
        for (var k = inside.Lower.K; k < inside.Upper.K; k++)
        {
            for (var j = inside.Lower.J; j < inside.Upper.J; j++)
            {
                for (var i = inside.Lower.I; i < inside.Upper.I; i++)
                {
                    voxels[2L * ((((long)k * side) + j) * side + i)] = (byte)(Bright + (chance.Next() & Noise));
                }
            }
        }

        return new Volume(VolumeGeometry.AxisAligned(size, new Spacing(1, 1, 1)), VoxelType.Int16, Rescale.Identity, voxels);
    }

    public static VoxelBox ObjectIn(VolumeSize size) => VoxelBox.At(
        new Ijk((size.I - ObjectSide) / 2, (size.J - ObjectSide) / 2, (size.K - ObjectSide) / 2), new VolumeSize(ObjectSide, ObjectSide, ObjectSide));
}
