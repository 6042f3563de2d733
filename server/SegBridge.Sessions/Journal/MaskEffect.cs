using System.Buffers.Binary;
using System.Security.Cryptography;
using SegBridge.Imaging.Masks;
using SegBridge.Sessions.Segments;

namespace SegBridge.Sessions.Journal;

/// <summary>
/// What an act made of a segment. The hash covers the changed voxels only, since a click must not cost whole-volume
/// work; a mask that starts empty and whose every change has the right hash is the right mask.
/// </summary>
/// <param name="Step">Position in the history afterwards.</param>
/// <param name="RedoSteps">Steps that could be redone afterwards.</param>
/// <param name="Hash">SHA-256 of the box of changed voxels and its bits afterwards, hexadecimal.</param>
internal sealed record MaskEffect(int Step, int RedoSteps, string Hash)
{
    public static MaskEffect Of(SegmentInfo segment, BitBlock changed)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> corners = stackalloc byte[6 * sizeof(int)];
        var (lower, upper) = (changed.Box.Lower, changed.Box.Upper);
        foreach (var (n, value) in (ReadOnlySpan<(int, int)>)[(0, lower.I), (1, lower.J), (2, lower.K), (3, upper.I), (4, upper.J), (5, upper.K)])
        {
            BinaryPrimitives.WriteInt32LittleEndian(corners[(n * sizeof(int))..], value);
        }

        hash.AppendData(corners);
        hash.AppendData(changed.Bits);
        return new MaskEffect(segment.Step, segment.RedoSteps, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
