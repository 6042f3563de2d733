using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Volumes;
using SegBridge.Server.Mapping;
using SegBridge.Sessions;
using SegBridge.Sessions.Errors;
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

    /// <exception cref="InvalidFieldException">Not one segment was named.</exception>
    /// <exception cref="LimitExceededException">The volume is too large for one file.</exception>
    public static SegmentFile Probabilities(Session session, IReadOnlyList<SegmentInfo> segments)
    {
        if (segments is not [var segment])
        {
            throw new InvalidFieldException("segment_ids", $"must name one segment, since a file holds the probabilities of one; got {segments.Count}");
        }

        var geometry = session.Volume.Geometry;
        LabelVolume.RequireRoom(geometry.Size, 1);
        var content = new ChunkBuffer(ChunkBytes);
        NiftiFile.Write(content, new Volume(geometry, VoxelType.UInt8, new Rescale(1.0 / byte.MaxValue, 0), session.GetProbabilities(segment.Id)));
        return new SegmentFile("probabilities.nii.gz", "application/gzip", content);
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
