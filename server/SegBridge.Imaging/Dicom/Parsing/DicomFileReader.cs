using System.Buffers.Binary;
using System.IO.Compression;
using SegBridge.Imaging.Formats;

namespace SegBridge.Imaging.Dicom;

/// <summary>Finds out how a file is laid out and reads it: Part 10 files, and datasets without preamble or meta information.</summary>
internal static class DicomFileReader
{
    private const int PreambleBytes = 128;
    private const int PieceBytes = 64 << 10;

    public static DicomFile Read(Stream stream, string? path, DicomReadLimits limits)
    {
        using var copy = stream.CanSeek ? null : CopyOf(stream, limits.MaxInflatedBytes, "the DICOM file");
        var reader = new DicomByteReader(copy ?? stream, path);
        if (HasPreamble(reader.Peek(PreambleBytes + 4)))
        {
            reader.Skip(PreambleBytes + 4);
        }

        var meta = new DicomParser(reader, limits).ReadMetaInfo();
        var syntax = meta.GetStringOrNull(DicomTag.TransferSyntaxUID) is { } uid ? DicomTransferSyntax.Lookup(uid) : Guess(reader);
        if (!syntax.IsDeflate)
        {
            return new DicomFile(meta, new DicomParser(reader, limits).ReadDataset(Corrected(syntax, reader)));
        }

        if (reader.Left > limits.MaxInflatedBytes)
        {
            throw new VolumeFormatException($"a deflated DICOM dataset of at most {limits.MaxInflatedBytes} bytes can be read, got {reader.Left}");
        }

        using var deflated = new MemoryStream(reader.TakeBytes((int)reader.Left));
        using var inflater = new DeflateStream(deflated, CompressionMode.Decompress);
        using var inflated = CopyOf(inflater, limits.MaxInflatedBytes, "the deflated DICOM dataset");
        return new DicomFile(meta, new DicomParser(new DicomByteReader(inflated, path: null), limits).ReadDataset(syntax));
    }

    internal static bool HasPreamble(ReadOnlySpan<byte> start) =>
        start.Length >= PreambleBytes + 4 && start.Slice(PreambleBytes, 4).SequenceEqual("DICM"u8);

    /// <summary>The syntax of a dataset that comes without meta information, told from its first element.</summary>
    private static DicomTransferSyntax Guess(DicomByteReader reader)
    {
        var start = reader.Peek(8);
        if (start.Length == 8)
        {
            var isExplicit = DicomVR.Find(start[4], start[5]) is not null;
            var (little, big) = (BinaryPrimitives.ReadUInt16LittleEndian(start), BinaryPrimitives.ReadUInt16BigEndian(start));
            // A dataset starts with group 0008, or a little more; a wrong byte order makes that 0800.
            if (little is >= 0x0004 and < 0x0100)
            {
                return isExplicit ? DicomTransferSyntax.ExplicitVRLittleEndian : DicomTransferSyntax.ImplicitVRLittleEndian;
            }

            if (big is >= 0x0004 and < 0x0100 && isExplicit)
            {
                return DicomTransferSyntax.ExplicitVRBigEndian;
            }
        }

        throw new VolumeFormatException(
            "not a DICOM file: \"DICM\" must follow 128 bytes, or a dataset start with an element of group 0008");
    }

    /// <summary>Some writers name one of the two native little-endian syntaxes and write the other.</summary>
    private static DicomTransferSyntax Corrected(DicomTransferSyntax syntax, DicomByteReader reader)
    {
        var start = reader.Peek(6);
        return syntax == DicomTransferSyntax.ImplicitVRLittleEndian && start.Length == 6 && DicomVR.Find(start[4], start[5]) is not null
            ? DicomTransferSyntax.ExplicitVRLittleEndian
            : syntax;
    }

    private static MemoryStream CopyOf(Stream stream, int limit, string what)
    {
        var copy = new MemoryStream();
        var piece = new byte[PieceBytes];
        try
        {
            for (int read; (read = stream.Read(piece)) > 0;)
            {
                if (copy.Length + read > limit)
                {
                    throw new VolumeFormatException($"{what} has more than {limit} bytes, the most that is allowed here");
                }

                copy.Write(piece, 0, read);
            }
        }
        catch (InvalidDataException e)
        {
            throw new VolumeFormatException($"{what} is corrupt", e);
        }

        copy.Position = 0;
        return copy;
    }
}
