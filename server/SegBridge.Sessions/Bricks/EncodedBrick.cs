using SegBridge.Imaging.Volumes;

namespace SegBridge.Sessions.Bricks;

/// <summary>A brick as it came from a client.</summary>
/// <param name="Index">Which brick.</param>
/// <param name="Encoding">How the voxels are packed.</param>
/// <param name="Data">The packed voxels.</param>
/// <param name="Crc32">CRC-32 of the decoded voxels, checked when present.</param>
public sealed record EncodedBrick(BrickIndex Index, BrickEncoding Encoding, ReadOnlyMemory<byte> Data, uint? Crc32);
