using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Sessions.Steps;

/// <summary>The mask of one whole slice.</summary>
internal readonly record struct SliceMask(SlicePlane Plane, BitBlock Mask)
{
    public bool IsEmpty => Mask.Count == 0;
}
