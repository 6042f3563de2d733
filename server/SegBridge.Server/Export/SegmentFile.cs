using SegBridge.Imaging.Formats;
using SegBridge.Sessions;
using SegBridge.Sessions.Segments;

namespace SegBridge.Server.Export;

/// <summary>Segments as a file. Names carry nothing of the patient: they are always the same.</summary>
/// <param name="Name">Plain file name.</param>
/// <param name="MediaType">Its media type.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record SegmentFile(string Name, string MediaType, ChunkBuffer Content)
{
    /// <summary>Largest chunk of the contract, bytes.</summary>
    public const int ChunkBytes = 1 << 20;

    public static SegmentFile Nifti(Session session, IReadOnlyList<SegmentInfo> segments)
    {
        var content = new ChunkBuffer(ChunkBytes);
        NiftiFile.Write(content, LabelVolume.Of(session, segments));
        return new SegmentFile("segmentation.nii.gz", "application/gzip", content);
    }

    public static SegmentFile Nrrd(Session session, IReadOnlyList<SegmentInfo> segments)
    {
        var content = new ChunkBuffer(ChunkBytes);
        NrrdFile.Write(content, LabelVolume.Of(session, segments), SlicerSegment.KeyValues([.. segments.Select(ToSlicer)]));
        return new SegmentFile("segmentation.seg.nrrd", "application/octet-stream", content);
    }

    private static SlicerSegment ToSlicer(SegmentInfo segment, int n) => new(
        segment.Id,
        segment.Name.Length > 0 ? segment.Name : segment.Id,
        Channel(segment.Color >> 16),
        Channel(segment.Color >> 8),
        Channel(segment.Color),
        n + 1,
        segment.BoundingBox)
    {
        Terminology = segment.Terminology.Contains('~', StringComparison.Ordinal) ? segment.Terminology : "",
    };

    private static double Channel(uint color) => (color & 0xFF) / 255.0;
}
