using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Resampling;

namespace SegBridge.Sessions.Patches;

/// <summary>Takes masks from the volume to a patch and logits from a patch to the volume.</summary>
internal static class PatchMask
{
    private const float Inside = 4;

    /// <summary>
    /// The mask that logits on a patch mean on the volume: logits interpolated linearly to each voxel centre, above 0
    /// inside. Voxels that the patch does not reach keep what they are.
    /// </summary>
    /// <param name="logits">Tensor order (R, A, S) of the patch.</param>
    /// <param name="patch">Where the logits lie.</param>
    /// <param name="volume">The volume's grid.</param>
    /// <param name="current">Makes a block of what the volume holds in a box, for voxels beside the patch.</param>
    public static BitBlock OnVolume(ReadOnlyMemory<float> logits, VolumeGeometry patch, VolumeGeometry volume, Func<VoxelBox, BitBlock> current)
    {
        var box = PatchImage.SourceBox(volume, patch);
        if (box.IsEmpty)
        {
            return new BitBlock(VoxelBox.Empty);
        }

        if (new GridResampler(patch, volume.Crop(box)).Inside is { } inside)
        {
            var reached = VoxelBox.At(
                new Ijk(box.Lower.I + inside.Lower.I, box.Lower.J + inside.Lower.J, box.Lower.K + inside.Lower.K), inside.Size);
            var content = reached == box ? new BitBlock(box) : current(box);
            content.Overwrite(Reached(logits, patch, volume, reached));
            return content;
        }

        return BitBlock.Above(box, 0, (slab, values) =>
        {
            new GridResampler(patch, volume.Crop(slab)).Resample(logits.Span, values, Interpolation.Linear, float.NaN);
            if (values.Contains(float.NaN))
            {
                KeepBeside(values, current(slab));
            }
        });
    }

    // The mask where the patch reaches. Away from the cells above 0 nothing can be inside.
    private static BitBlock Reached(ReadOnlyMemory<float> logits, VolumeGeometry patch, VolumeGeometry volume, VoxelBox reached)
    {
        var above = PositiveCells.BoxIn(logits.Span, patch, volume).Intersect(reached);
        var inside = BitBlock.Above(above, 0, (slab, values) =>
            new GridResampler(patch, volume.Crop(slab)).Resample(logits.Span, values, Interpolation.Linear, float.NaN));
        return inside.Crop(reached);
    }

    /// <summary>
    /// Logits on a patch that stand for a mask on the volume: positive inside and negative outside, softened where the
    /// mask's edge crosses a voxel of the patch.
    /// </summary>
    public static float[] LogitsOf(BitBlock mask, VolumeGeometry volume, VolumeGeometry patch)
    {
        var logits = new float[patch.Size.VoxelCount];
        logits.AsSpan().Fill(-Inside);
        // One voxel around the mask, so that its outer edge is interpolated too.
        var grown = new VoxelBox(Shift(mask.BoundingBox.Lower, -1), Shift(mask.BoundingBox.Upper, 1)).Intersect(volume.Bounds);
        if (mask.BoundingBox.IsEmpty)
        {
            return logits;
        }

        var values = new float[grown.VoxelCount];
        var voxels = new byte[grown.VoxelCount];
        mask.Crop(grown).Unpack(voxels);
        for (var n = 0; n < values.Length; n++)
        {
            values[n] = voxels[n] != 0 ? Inside : -Inside;
        }

        new GridResampler(volume.Crop(grown), patch).Resample(values, logits, Interpolation.Linear, -Inside);
        return logits;
    }

    /// <summary>Logits moved from one patch to another; what the old one did not reach is outside the object.</summary>
    public static float[] Moved(ReadOnlySpan<float> logits, VolumeGeometry from, VolumeGeometry to)
    {
        var moved = new float[to.Size.VoxelCount];
        new GridResampler(from, to).Resample(logits, moved, Interpolation.Linear, -Inside);
        return moved;
    }

    /// <summary>Puts the current mask in where values are NaN.</summary>
    public static void KeepBeside(Span<float> values, BitBlock current)
    {
        var kept = new byte[values.Length];
        current.Unpack(kept);
        for (var n = 0; n < values.Length; n++)
        {
            if (float.IsNaN(values[n]))
            {
                values[n] = kept[n] != 0 ? Inside : -Inside;
            }
        }
    }

    private static Ijk Shift(Ijk voxel, int by) => new(voxel.I + by, voxel.J + by, voxel.K + by);
}
