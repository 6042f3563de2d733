using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Sessions.Prompts;

namespace SegBridge.Server.Doors.Loop;

/// <summary>Prompts of clients whose positions are indices of arrays, axes (k, j, i), and whose strokes are arrays of voxels.</summary>
internal static class VoxelArrays
{
    /// <summary>The box [k0, k1) × [j0, j1) × [i0, i1).</summary>
    public static VoxelBox Box((int From, int To) k, (int From, int To) j, (int From, int To) i) =>
        new(new Ijk(i.From, j.From, k.From), new Ijk(i.To, j.To, k.To));

    /// <summary>The slice that a box lies in, across K when several do; null when it is thicker than one voxel along each axis.</summary>
    public static SlicePlane? SliceOf(VoxelBox box)
    {
        foreach (var axis in (Axis[])[Axis.K, Axis.J, Axis.I])
        {
            if (box.Size[axis] == 1)
            {
                return new SlicePlane(axis, box.Lower[axis]);
            }
        }

        return null;
    }

    /// <summary>
    /// The areas of an array as lassos: the outlines of what is set on a slice, holes filled only where they are set. Drawn again
    /// they cover the same voxels.
    /// </summary>
    /// <param name="polarity">Does the area belong to the object?</param>
    /// <param name="area">What is set; cut to the slice.</param>
    /// <param name="slice">The slice that it lies on.</param>
    public static IEnumerable<LassoPrompt> Lassos(Polarity polarity, BitBlock area, SlicePlane slice) =>
        ContourTracer.Trace(OnPage(area, slice))
            .Select(outline => new LassoPrompt(polarity, [.. outline.Select(corner => PointAt(slice, corner.Row, corner.Column))]));

    // Contours are traced along k: rows and columns of the slice take the place of j and i.
    private static BitBlock OnPage(BitBlock area, SlicePlane slice)
    {
        if (slice.Axis == Axis.K)
        {
            return area;
        }

        var (lower, upper) = (slice.PixelOf(area.Box.Lower), slice.PixelOf(area.Box.Upper));
        var page = new BitBlock(new VoxelBox(new Ijk(lower.Column, lower.Row, 0), new Ijk(upper.Column, upper.Row, 1)));
        foreach (var voxel in area.Voxels)
        {
            var (row, column) = slice.PixelOf(voxel);
            page[new Ijk(column, row, 0)] = true;
        }

        return page;
    }

    private static VoxelPoint PointAt(SlicePlane slice, double row, double column) => slice.Axis switch
    {
        Axis.I => new VoxelPoint(slice.Index, column, row),
        Axis.J => new VoxelPoint(column, slice.Index, row),
        _ => new VoxelPoint(column, row, slice.Index),
    };
}
