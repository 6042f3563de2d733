namespace SegBridge.Imaging.Dicom;

/// <summary>Decodes one compressed frame into exactly the bytes of its shape.</summary>
internal delegate void FrameDecoder(ReadOnlySpan<byte> compressed, FrameShape shape, Span<byte> destination);

/// <summary>Who decodes what inside this process.</summary>
internal static class FrameDecoders
{
    /// <summary>Null where only an external decoder may know the syntax.</summary>
    public static FrameDecoder? Find(DicomTransferSyntax syntax) =>
        syntax == DicomTransferSyntax.RLELossless ? RleDecoder.Decode
        : syntax == DicomTransferSyntax.JPEGProcess14 || syntax == DicomTransferSyntax.JPEGProcess14SV1 ? JpegLosslessDecoder.Decode
        : syntax == DicomTransferSyntax.JPEGLSLossless || syntax == DicomTransferSyntax.JPEGLSNearLossless ? JpegLsDecoder.Decode
        : syntax == DicomTransferSyntax.JPEG2000Lossless || syntax == DicomTransferSyntax.JPEG2000Lossy ? Jpeg2000Decoder.Decode
        : null;
}
