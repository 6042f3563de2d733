using SegBridge.Imaging.Formats;
using SegBridge.Server.Export;
using SegBridge.Sessions;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Segments;

namespace SegBridge.Server.Doors.Monai;

/// <summary>The mask of a segment as the file that a client asked for: 1 inside, 0 outside, on the grid of the image.</summary>
/// <param name="Name">Plain file name; clients choose a reader by its extension.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record MaskFile(string Name, ChunkBuffer Content)
{
    /// <exception cref="InvalidRequestException">The extension is none of those that are written.</exception>
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
            case ".nii.gz" or ".nii":
                NiftiFile.Write(content, LabelVolume.Of(session, [segment], asked.ResultType), compress: asked.ResultExtension == ".nii.gz");
                break;
            default:
                throw new InvalidRequestException("params.result_extension: it must be .nrrd, .seg.nrrd, .nii.gz or .nii");
        }

        return new MaskFile("result" + asked.ResultExtension, content);
    }
}
