using Google.Protobuf;
using Google.Protobuf.Collections;
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
internal sealed class ExportService(SessionManager sessions, DicomObjects dicom, StoreCalls storing, ExportTurn turn) : V1.Export.ExportBase
{
    public override async Task ExportSegments(ExportRequest request, IServerStreamWriter<FileChunk> responseStream, ServerCallContext context)
    {
        var session = sessions.Get(request.SessionId);
        var write = WriterOf(request);
        var segments = SegmentsOf(request.SegmentIds, session);
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

    public override Task StoreSegments(StoreRequest request, IServerStreamWriter<StoreEvent> responseStream, ServerCallContext context)
    {
        var session = sessions.Get(request.SessionId);
        return storing.StoreAsync(request, session, SegmentsOf(request.SegmentIds, session), responseStream, context.CancellationToken);
    }

    private Func<Session, IReadOnlyList<SegmentInfo>, SegmentFile> WriterOf(ExportRequest request) => request.Format switch
    {
        FileFormat.Nifti => SegmentFile.Nifti,
        FileFormat.Nrrd => SegmentFile.Nrrd,
        FileFormat.NiftiProbabilities => SegmentFile.Probabilities,
        FileFormat.DicomSeg or FileFormat.DicomSegFractional or FileFormat.Rtstruct => (session, segments) => dicom.Write(request.Format, session, segments, request.DicomSource),
        _ => throw Field.Unnamed(request.Format, "format"),
    };

    private static List<SegmentInfo> SegmentsOf(RepeatedField<string> ids, Session session)
    {
        var all = session.Segments;
        if (ids.Count == 0)
        {
            return [.. all];
        }

        if (ids.Count > session.Limits.MaxSegments)
        {
            throw new InvalidFieldException("segment_ids", $"must be at most {session.Limits.MaxSegments}, got {ids.Count}");
        }

        return [.. ids.Select(id => all.FirstOrDefault(segment => segment.Id == id) ?? throw new SegmentNotFoundException())];
    }
}
