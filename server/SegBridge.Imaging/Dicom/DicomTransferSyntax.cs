namespace SegBridge.Imaging.Dicom;

/// <summary>How a dataset is written to bytes (PS3.5 annex A).</summary>
/// <param name="UID">The registered identifier.</param>
/// <param name="Name">What people call it.</param>
/// <param name="IsExplicitVR">Whether elements carry their value representation.</param>
/// <param name="IsBigEndian">Numbers start with their highest byte.</param>
/// <param name="IsDeflate">The dataset is deflated as a whole.</param>
/// <param name="IsEncapsulated">Pixel data is compressed, frame by frame.</param>
public sealed record DicomTransferSyntax(
    string UID, string Name, bool IsExplicitVR = true, bool IsBigEndian = false, bool IsDeflate = false, bool IsEncapsulated = true)
{
    public static readonly DicomTransferSyntax ImplicitVRLittleEndian =
        new("1.2.840.10008.1.2", "Implicit VR Little Endian", IsExplicitVR: false, IsEncapsulated: false);

    public static readonly DicomTransferSyntax ExplicitVRLittleEndian =
        new("1.2.840.10008.1.2.1", "Explicit VR Little Endian", IsEncapsulated: false);

    public static readonly DicomTransferSyntax DeflatedExplicitVRLittleEndian =
        new("1.2.840.10008.1.2.1.99", "Deflated Explicit VR Little Endian", IsDeflate: true, IsEncapsulated: false);

    public static readonly DicomTransferSyntax ExplicitVRBigEndian =
        new("1.2.840.10008.1.2.2", "Explicit VR Big Endian", IsBigEndian: true, IsEncapsulated: false);

    public static readonly DicomTransferSyntax RLELossless = new("1.2.840.10008.1.2.5", "RLE Lossless");

    /// <summary>JPEG process 14 with any predictor.</summary>
    public static readonly DicomTransferSyntax JPEGProcess14 = new("1.2.840.10008.1.2.4.57", "JPEG Lossless");

    /// <summary>JPEG process 14 with the first predictor, the usual lossless JPEG.</summary>
    public static readonly DicomTransferSyntax JPEGProcess14SV1 =
        new("1.2.840.10008.1.2.4.70", "JPEG Lossless, First-Order Prediction");

    public static readonly DicomTransferSyntax JPEGLSLossless = new("1.2.840.10008.1.2.4.80", "JPEG-LS Lossless");

    public static readonly DicomTransferSyntax JPEGLSNearLossless = new("1.2.840.10008.1.2.4.81", "JPEG-LS Near-Lossless");

    public static readonly DicomTransferSyntax JPEG2000Lossless = new("1.2.840.10008.1.2.4.90", "JPEG 2000 Lossless");

    public static readonly DicomTransferSyntax JPEG2000Lossy = new("1.2.840.10008.1.2.4.91", "JPEG 2000");

    public static readonly DicomTransferSyntax JPEGProcess1 = new("1.2.840.10008.1.2.4.50", "JPEG Baseline");

    public static readonly DicomTransferSyntax JPEGProcess2And4 = new("1.2.840.10008.1.2.4.51", "JPEG Extended");

    private static readonly Dictionary<string, DicomTransferSyntax> Known = new DicomTransferSyntax[]
    {
        ImplicitVRLittleEndian, ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, RLELossless,
        JPEGProcess14, JPEGProcess14SV1, JPEGLSLossless, JPEGLSNearLossless, JPEG2000Lossless, JPEG2000Lossy,
        JPEGProcess1, JPEGProcess2And4,
        new("1.2.840.10008.1.2.4.92", "JPEG 2000 Part 2 Lossless"), new("1.2.840.10008.1.2.4.93", "JPEG 2000 Part 2"),
        new("1.2.840.10008.1.2.4.100", "MPEG2 Main Profile"), new("1.2.840.10008.1.2.4.102", "MPEG-4 AVC High Profile"),
        new("1.2.840.10008.1.2.4.107", "HEVC Main Profile"),
        new("1.2.840.10008.1.2.4.110", "JPEG XL Lossless"), new("1.2.840.10008.1.2.4.111", "JPEG XL Recompression"),
        new("1.2.840.10008.1.2.4.112", "JPEG XL"),
        new("1.2.840.10008.1.2.4.201", "High-Throughput JPEG 2000 Lossless"),
        new("1.2.840.10008.1.2.4.202", "High-Throughput JPEG 2000 Lossless RPCL"),
        new("1.2.840.10008.1.2.4.203", "High-Throughput JPEG 2000"),
    }.ToDictionary(syntax => syntax.UID);

    /// <summary>
    /// The syntax of an identifier. One that is not known here is taken for explicit little endian with compressed
    /// pixels, as all that were added to the standard for decades are.
    /// </summary>
    public static DicomTransferSyntax Lookup(string uid) =>
        Known.TryGetValue(uid, out var known) ? known : new DicomTransferSyntax(uid, "unknown transfer syntax");

    public override string ToString() => $"{Name} ({UID})";
}
