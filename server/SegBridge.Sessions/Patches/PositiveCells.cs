using SegBridge.Imaging.Geometry;

namespace SegBridge.Sessions.Patches;

/// <summary>Finds where on a volume logits of a patch can be above 0.</summary>
internal static class PositiveCells
{
    /// <summary>A box of voxels that holds all whose interpolated logit is above 0, or is no number; empty when there is none.</summary>
    /// <param name="logits">C-order (k, j, i) of the patch.</param>
    /// <param name="patch">Where they lie.</param>
    /// <param name="volume">The volume's grid.</param>
    public static VoxelBox BoxIn(ReadOnlySpan<float> logits, VolumeGeometry patch, VolumeGeometry volume)
    {
        var cells = BoxOf(logits, patch.Size);
        if (cells.IsEmpty)
        {
            return VoxelBox.Empty;
        }

        // An interpolated value takes part of the next cell's.
        var grown = new VoxelBox(
            new Ijk(cells.Lower.I - 1, cells.Lower.J - 1, cells.Lower.K - 1), new Ijk(cells.Upper.I + 1, cells.Upper.J + 1, cells.Upper.K + 1));
        var box = VoxelBox.Empty;
        foreach (var corner in PatchPlacement.Corners(grown))
        {
            var at = volume.ToVoxel(patch.ToLps(corner));
            box = box.Union(new VoxelBox(
                new Ijk((int)Math.Floor(at.I), (int)Math.Floor(at.J), (int)Math.Floor(at.K)),
                new Ijk((int)Math.Ceiling(at.I) + 1, (int)Math.Ceiling(at.J) + 1, (int)Math.Ceiling(at.K) + 1)));
        }

        return box.Intersect(volume.Bounds);
    }

    private static VoxelBox BoxOf(ReadOnlySpan<float> logits, VolumeSize size)
    {
        var box = VoxelBox.Empty;
        for (var row = 0; row < size.J * size.K; row++)
        {
            var (first, last) = (-1, -1);
            var values = logits.Slice(row * size.I, size.I);
            for (var i = 0; i < values.Length; i++)
            {
                if (!(values[i] <= 0))
                {
                    (first, last) = (first < 0 ? i : first, i);
                }
            }

            if (first >= 0)
            {
                var (k, j) = Math.DivRem(row, size.J);
                box = box.Union(new VoxelBox(new Ijk(first, j, k), new Ijk(last + 1, j + 1, k + 1)));
            }
        }

        return box;
    }
}
