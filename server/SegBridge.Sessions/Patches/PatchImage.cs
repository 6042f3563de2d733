using System.Buffers;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Resampling;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Sessions.Patches;

/// <summary>Reads a volume's values onto a patch.</summary>
internal static class PatchImage
{
    /// <summary>The voxels whose bricks must have arrived; empty when the patch lies beside the volume.</summary>
    public static VoxelBox SourceBox(VolumeGeometry volume, VolumeGeometry patch) => new GridResampler(volume, patch).SourceBox;

    /// <summary>
    /// Real values at the patch's voxel centres by linear interpolation, tensor order (R, A, S); <paramref name="outside"/>
    /// where the patch reaches beyond the volume.
    /// </summary>
    /// <exception cref="MissingBricksException">Some bricks of the source box are not here.</exception>
    public static float[] Read(BrickStore store, VolumeGeometry patch, float outside)
    {
        var values = new float[patch.Size.VoxelCount];
        var box = SourceBox(store.Geometry, patch);
        if (box.IsEmpty)
        {
            values.AsSpan().Fill(outside);
            return values;
        }

        // Tens of megabytes for a wide patch on a fine volume: used again and again.
        var count = checked((int)box.VoxelCount);
        var source = ArrayPool<float>.Shared.Rent(count);
        try
        {
            store.ReadBox(box, source.AsSpan(0, count));
            new GridResampler(store.Geometry.Crop(box), patch).Resample(source.AsSpan(0, count), values, Interpolation.Linear, outside);
            return values;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(source);
        }
    }
}
