using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Cli.Client;

/// <summary>Geometry and volumes as messages, and back.</summary>
internal static class WireGeometry
{
    public static V1.VolumeGeometry ToWire(this VolumeGeometry geometry) => new()
    {
        Size = geometry.Size.ToWire(),
        Spacing = new V1.Spacing { I = geometry.Spacing.I, J = geometry.Spacing.J, K = geometry.Spacing.K },
        Origin = geometry.Origin.ToWire(),
        IAxis = geometry.Direction.IAxis.ToWire(),
        JAxis = geometry.Direction.JAxis.ToWire(),
        KAxis = geometry.Direction.KAxis.ToWire(),
    };

    public static V1.Size ToWire(this VolumeSize size) => new() { I = (uint)size.I, J = (uint)size.J, K = (uint)size.K };

    public static VolumeSize FromWire(this V1.Size size) => new((int)size.I, (int)size.J, (int)size.K);

    public static V1.LpsPoint ToWire(this LpsPoint point) => new() { L = point.L, P = point.P, S = point.S };

    public static V1.VoxelPoint ToWire(this VoxelPoint point) => new() { I = point.I, J = point.J, K = point.K };

    public static V1.VoxelBox ToWire(this VoxelBox box) => new() { Lower = box.Lower.ToWire(), Upper = box.Upper.ToWire() };

    public static VoxelBox FromWire(this V1.VoxelBox? box) =>
        box is null ? VoxelBox.Empty : new VoxelBox(box.Lower.FromWire(), box.Upper.FromWire());

    public static V1.GridSlice ToWire(this SlicePlane slice) => new()
    {
        Axis = slice.Axis switch { Axis.I => V1.Axis.I, Axis.J => V1.Axis.J, _ => V1.Axis.K },
        Index = (uint)slice.Index,
    };

    public static V1.BrickIndex ToWire(this BrickIndex brick) => new() { I = (uint)brick.I, J = (uint)brick.J, K = (uint)brick.K };

    public static BrickIndex FromWire(this V1.BrickIndex brick) => new((int)brick.I, (int)brick.J, (int)brick.K);

    public static V1.VoxelType ToWire(this VoxelType type) => type switch
    {
        VoxelType.UInt8 => V1.VoxelType.Uint8,
        VoxelType.Int8 => V1.VoxelType.Int8,
        VoxelType.UInt16 => V1.VoxelType.Uint16,
        VoxelType.Int16 => V1.VoxelType.Int16,
        VoxelType.UInt32 => V1.VoxelType.Uint32,
        VoxelType.Int32 => V1.VoxelType.Int32,
        _ => V1.VoxelType.Float32,
    };

    public static V1.Modality ToWire(this Modality modality) => modality switch
    {
        Modality.CT => V1.Modality.Ct,
        Modality.MR => V1.Modality.Mr,
        Modality.PT => V1.Modality.Pt,
        Modality.US => V1.Modality.Us,
        Modality.Other => V1.Modality.Other,
        _ => V1.Modality.Unspecified,
    };

    private static V1.VoxelIndex ToWire(this Ijk voxel) => new() { I = voxel.I, J = voxel.J, K = voxel.K };

    private static Ijk FromWire(this V1.VoxelIndex? voxel) => voxel is null ? default : new Ijk(voxel.I, voxel.J, voxel.K);

    private static V1.LpsVector ToWire(this LpsVector vector) => new() { L = vector.L, P = vector.P, S = vector.S };
}
