using System.IO.Compression;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Server.Doors.NnInteractive.Legacy;

/// <summary>A mask as the legacy client reads it: one bit for each voxel of the volume, (k, j, i), the highest bit of a byte first; inside gzip.</summary>
internal static class LegacyMask
{
    public static byte[] Write(BitBlock mask, VolumeSize volume)
    {
        var bits = new byte[(volume.VoxelCount + 7) / 8];
        foreach (var voxel in mask.Voxels)
        {
            var at = ((((long)voxel.K * volume.J) + voxel.J) * volume.I) + voxel.I;
            bits[at >> 3] |= (byte)(0x80 >> (int)(at & 7));
        }

        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bits);
        }

        return packed.ToArray();
    }
}
