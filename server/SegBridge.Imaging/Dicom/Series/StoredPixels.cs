using System.Runtime.InteropServices;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Dicom;

/// <summary>Turns the pixels of a frame into voxels: bits beyond those stored are dropped, and signs extended.</summary>
internal static class StoredPixels
{
    /// <summary>The type that holds the numbers of these pixels.</summary>
    public static VoxelType TypeOf(DicomPixelData pixels) => (pixels.BitsAllocated, pixels.IsSigned) switch
    {
        ( <= 8, false) => VoxelType.UInt8,
        ( <= 8, true) => VoxelType.Int8,
        (16, false) => VoxelType.UInt16,
        (16, true) => VoxelType.Int16,
        (_, false) => VoxelType.UInt32,
        (_, true) => VoxelType.Int32,
    };

    /// <param name="type">That of the pixels, or Float32 for real values.</param>
    /// <param name="voxels">One slice.</param>
    public static void Decode(DicomFrame frame, VoxelType type, Span<byte> voxels)
    {
        var own = TypeOf(frame.Pixels);
        if (type == own)
        {
            frame.Pixels.GetFrame(frame.Index, voxels);
            Normalise(voxels, frame.Pixels);
            return;
        }

        var stored = frame.Pixels.GetFrame(frame.Index);
        Normalise(stored, frame.Pixels);
        StoredVoxels.ToValues(stored, own, frame.Rescale, MemoryMarshal.Cast<byte, float>(voxels));
    }

    private static void Normalise(Span<byte> stored, DicomPixelData pixels)
    {
        var unused = pixels.BitsAllocated - pixels.BitsStored;
        if (unused == 0 || pixels.BitsAllocated == 1)
        {
            return;
        }

        switch (pixels.Shape.SampleBytes, pixels.IsSigned)
        {
            case (1, false):
                foreach (ref var value in stored)
                {
                    value = (byte)((byte)(value << unused) >> unused);
                }

                break;
            case (1, true):
                foreach (ref var value in MemoryMarshal.Cast<byte, sbyte>(stored))
                {
                    value = (sbyte)((sbyte)(value << unused) >> unused);
                }

                break;
            case (2, false):
                foreach (ref var value in MemoryMarshal.Cast<byte, ushort>(stored))
                {
                    value = (ushort)((ushort)(value << unused) >> unused);
                }

                break;
            case (2, true):
                foreach (ref var value in MemoryMarshal.Cast<byte, short>(stored))
                {
                    value = (short)((short)(value << unused) >> unused);
                }

                break;
            case (_, false):
                foreach (ref var value in MemoryMarshal.Cast<byte, uint>(stored))
                {
                    value = value << unused >> unused;
                }

                break;
            default:
                foreach (ref var value in MemoryMarshal.Cast<byte, int>(stored))
                {
                    value = value << unused >> unused;
                }

                break;
        }
    }
}
