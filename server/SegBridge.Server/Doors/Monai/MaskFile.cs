using SegBridge.Imaging.Formats;
using SegBridge.Server.Export;
using SegBridge.Sessions;
using SegBridge.Sessions.Segments;

namespace SegBridge.Server.Doors.Monai;

/// <summary>The mask of a segment as the file that a client asked for: 1 inside, 0 outside, on the grid of the image.</summary>
/// <param name="Name">Plain file name; clients choose a reader by its extension.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record MaskFile(string Name, ChunkBuffer Content)
{
    public static MaskFile Of(Session session, SegmentInfo segment, InferParams asked)
    {
        var content = new ChunkBuffer(SegmentFile.ChunkBytes);
        switch (asked.ResultExtension)
        {
            case ".nrrd":
                NrrdFile.Write(content, LabelVolume.Of(session, [segment], asked.ResultType), compress: asked.Compress);
                break;
            case ".seg.nrrd":
                content = SegmentFile.Nrrd(session, [segment]).Content;
                break;
            default:
                NiftiFile.Write(content, LabelVolume.Of(session, [segment], asked.ResultType), compress: asked.ResultExtension == ".nii.gz");
                break;
        }

        return new MaskFile("result" + asked.ResultExtension, content);
    }
}
