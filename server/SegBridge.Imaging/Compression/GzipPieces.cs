using System.Buffers.Binary;
using System.IO.Compression;

namespace SegBridge.Imaging.Compression;

/// <summary>
/// Gzip (RFC 1952) of data in pieces of one length, such as the slices of a volume. Each piece is packed by itself, so that
/// one of nothing but zeros, as most of a mask's are, is packed once and repeated.
/// </summary>
internal static class GzipPieces
{
    // Deflate, no name and no time, packed fast, on whatever system.
    private static ReadOnlySpan<byte> Start => [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 4, 0xFF];

    // An empty last block: those before it leave off at a whole byte.
    private static ReadOnlySpan<byte> End => [0x03, 0x00];

    /// <param name="target">Left open.</param>
    /// <param name="head">Comes before the pieces; may be empty.</param>
    /// <param name="data">The pieces; the last one may be shorter.</param>
    /// <param name="pieceBytes">Length of a piece.</param>
    public static void Write(Stream target, ReadOnlySpan<byte> head, ReadOnlySpan<byte> data, int pieceBytes)
    {
        byte[]? zeros = null;
        target.Write(Start);
        target.Write(Pack(head, CompressionLevel.Fastest));
        var crc = Crc32.Of(head);
        for (var at = 0; at < data.Length; at += pieceBytes)
        {
            var piece = data.Slice(at, Math.Min(pieceBytes, data.Length - at));
            if (piece.Length == pieceBytes && !piece.ContainsAnyExcept((byte)0))
            {
                target.Write(zeros ??= Pack(piece, CompressionLevel.SmallestSize));
                crc = Crc32.AppendZeros(crc, piece.Length);
            }
            else
            {
                target.Write(Pack(piece, CompressionLevel.Fastest));
                crc = Crc32.Append(crc, piece);
            }
        }

        target.Write(End);
        Span<byte> trailer = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, crc);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], (uint)(head.Length + (long)data.Length));
        target.Write(trailer);
    }

    // What the compressor writes when it is told to hold nothing back, without the last block that it writes when it is closed.
    private static byte[] Pack(ReadOnlySpan<byte> piece, CompressionLevel level)
    {
        using var packed = new MemoryStream();
        using var deflate = new DeflateStream(packed, level, leaveOpen: true);
        deflate.Write(piece);
        deflate.Flush();
        return packed.ToArray();
    }
}
