using Google.Protobuf;
using Grpc.Core;
using SegBridge.Server.Export;
using SegBridge.Server.Mapping;
using SegBridge.Sessions;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Segments;
using SegBridge.V1;
using Task = System.Threading.Tasks.Task;

namespace SegBridge.Server.Services;

/// <summary>Results as files.</summary>
internal sealed class ExportService(SessionManager sessions, DicomObjects dicom, ExportTurn turn) : V1.Export.ExportBase
{
    public override async Task ExportSegments(ExportRequest request, IServerStreamWriter<FileChunk> responseStream, ServerCallContext context)
    {
        var session = sessions.Get(request.SessionId);
        var write = WriterOf(request);
        var segments = SegmentsOf(request, session);
        SegmentFile file;
        using (await turn.TakeAsync(context.CancellationToken))
        {
            file = await Task.Run(() => write(session, segments), context.CancellationToken);
        }

        var (name, type) = (file.Name, file.MediaType);
        foreach (var data in file.Content.Chunks)
        {
            await responseStream.WriteAsync(
                new FileChunk { FileName = name, MediaType = type, Data = UnsafeByteOperations.UnsafeWrap(data) }, context.CancellationToken);
            (name, type) = ("", "");
        }
    }

    private Func<Session, IReadOnlyList<SegmentInfo>, SegmentFile> WriterOf(ExportRequest request) => request.Format switch
    {
        FileFormat.Nifti => SegmentFile.Nifti,
        FileFormat.Nrrd => SegmentFile.Nrrd,
        FileFormat.DicomSeg => (session, segments) => dicom.Segmentation(session, segments, request.DicomSource),
        FileFormat.Rtstruct => (session, segments) => dicom.StructureSet(session, segments, request.DicomSource),
        _ => throw Field.Unnamed(request.Format, "format"),
    };

    private static List<SegmentInfo> SegmentsOf(ExportRequest request, Session session)
    {
        var all = session.Segments;
        if (request.SegmentIds.Count == 0)
        {
            return [.. all];
        }

        if (request.SegmentIds.Count > session.Limits.MaxSegments)
        {
            throw new InvalidFieldException("segment_ids", $"must be at most {session.Limits.MaxSegments}, got {request.SegmentIds.Count}");
        }

        return [.. request.SegmentIds.Select(id => all.FirstOrDefault(segment => segment.Id == id) ?? throw new SegmentNotFoundException())];
    }
}
