using System.Numerics;
using System.Runtime.InteropServices;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Masks;

/// <summary>
/// What one edit did to a mask: the smallest box in which any voxel changed, with its bits before and after.
/// Immutable. <see cref="Compact"/> makes the form that a long history keeps.
/// </summary>
public sealed class MaskChange
{
    private readonly BitBlock? _before;
    private readonly BitBlock? _after;
    private readonly byte[]? _packedBefore;
    private readonly byte[]? _packedAfter;

    /// <exception cref="MaskBoxException">The blocks are not of the same box.</exception>
    public MaskChange(BitBlock before, BitBlock after)
    {
        if (before.Box != after.Box)
        {
            throw new MaskBoxException($"a change must have the same box before and after, got {before.Box} and {after.Box}");
        }

        Box = before.Box;
        _before = before;
        _after = after;
        ChangedVoxels = CountChanged(before.Bits, after.Bits);
    }

    private MaskChange(VoxelBox box, long changedVoxels, byte[] packedBefore, byte[] packedAfter)
    {
        Box = box;
        ChangedVoxels = changedVoxels;
        _packedBefore = packedBefore;
        _packedAfter = packedAfter;
    }

    /// <summary>A change of nothing.</summary>
    public static MaskChange None { get; } = new(new BitBlock(VoxelBox.Empty), new BitBlock(VoxelBox.Empty));

    /// <summary>Where bits changed; empty when none did.</summary>
    public VoxelBox Box { get; }

    /// <summary>Number of voxels whose bit differs between before and after.</summary>
    public long ChangedVoxels { get; }

    public bool IsEmpty => Box.IsEmpty;

    /// <summary>The bits of the box before; unpacked at each call when this change is compact.</summary>
    public BitBlock Before => _before ?? Unpack(_packedBefore!);

    /// <summary>The bits of the box after; unpacked at each call when this change is compact.</summary>
    public BitBlock After => _after ?? Unpack(_packedAfter!);

    /// <summary>Bytes of bits that this change keeps in memory.</summary>
    public long BytesHeld => _before is not null && _after is not null
        ? _before.Bits.Length + _after.Bits.Length
        : _packedBefore!.Length + _packedAfter!.Length;

    /// <summary>The change that undoes this one.</summary>
    public MaskChange Inverse() => _before is not null && _after is not null
        ? new MaskChange(_after, _before)
        : new MaskChange(Box, ChangedVoxels, _packedAfter!, _packedBefore!);

    /// <summary>The same change with its bits compressed (<see cref="MaskEncoding.XorSparseZlib"/>).</summary>
    public MaskChange Compact() => _before is not null && _after is not null
        ? new MaskChange(Box, ChangedVoxels, MaskCodec.Encode(_before, MaskEncoding.XorSparseZlib), MaskCodec.Encode(_after, MaskEncoding.XorSparseZlib))
        : this;

    private static long CountChanged(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(before);
        var others = MemoryMarshal.Cast<byte, ulong>(after);
        var count = 0L;
        for (var n = 0; n < words.Length; n++)
        {
            count += BitOperations.PopCount(words[n] ^ others[n]);
        }

        for (var n = words.Length * sizeof(ulong); n < before.Length; n++)
        {
            count += BitOperations.PopCount((uint)(before[n] ^ after[n]));
        }

        return count;
    }

    private BitBlock Unpack(byte[] packed) => MaskCodec.Decode(packed, MaskEncoding.XorSparseZlib, Box);
}
