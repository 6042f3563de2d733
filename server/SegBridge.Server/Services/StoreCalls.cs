using System.Globalization;
using Grpc.Core;
using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Dicom.Web;
using SegBridge.Server.Export;
using SegBridge.Server.Mapping;
using SegBridge.Sessions;
using SegBridge.Sessions.Archives;
using SegBridge.Sessions.Segments;
using SegBridge.V1;
using Task = System.Threading.Tasks.Task;

namespace SegBridge.Server.Services;

/// <summary>The call of <see cref="ExportService"/> whose files go to an archive.</summary>
internal sealed class StoreCalls(SeriesArchives archives, DicomObjects dicom, ExportTurn turn)
{
    public async Task StoreAsync(
        StoreRequest request, Session session, IReadOnlyList<SegmentInfo> segments, IServerStreamWriter<StoreEvent> events, CancellationToken cancellation)
    {
        var (archive, formats) = (SeriesMapping.ToArchive(request.Archive, "archive"), FormatsOf(request));
        var source = request.DicomSource ?? new V1.DicomSource();
        var (identities, bytes) = (Array.Empty<StoredObject>(), 0L);
        var result = await ProgressNews.TellAsync<StoreProgress, StoreResult>(
            progress => archives.StoreAsync(archive, MakeAsync, progress, cancellation),
            progress => events.WriteAsync(new StoreEvent { Progress = ToWire(progress, bytes) }, cancellation), cancellation);
        var reply = new StoreReply();
        foreach (var one in identities)
        {
            one.Failure = result.Failed.FirstOrDefault(failure => failure.SOPInstanceUID == one.SopInstanceUid)?.Reason ?? "";
            one.Warning = result.Stored.FirstOrDefault(stored => stored.SOPInstanceUID == one.SopInstanceUid)?.Warning ?? "";
            reply.Objects.Add(one);
        }

        await events.WriteAsync(new StoreEvent { Done = reply }, cancellation);

        async Task<IReadOnlyList<StoreObject>> MakeAsync()
        {
            using (await turn.TakeAsync(cancellation))
            {
                return await Task.Run(() =>
                {
                    var files = formats.Select(format => (Format: format, File: dicom.Create(format, session, segments, source))).ToArray();
                    identities = [.. files.Select(file => IdentityOf(file.Format, file.File.Dataset))];
                    StoreObject[] objects = [.. files.Select(file => StoreObject.Of(file.File))];
                    bytes = objects.Sum(one => one.Length);
                    return objects;
                }, cancellation);
            }
        }
    }

    private static FileFormat[] FormatsOf(StoreRequest request)
    {
        FileFormat[] formats = [.. request.Formats.Distinct()];
        return formats.Length > 0 && Array.TrueForAll(formats, format => format is FileFormat.DicomSeg or FileFormat.DicomSegFractional or FileFormat.Rtstruct)
            ? formats
            : throw new InvalidFieldException("formats", "must name at least one, all of FILE_FORMAT_DICOM_SEG, FILE_FORMAT_DICOM_SEG_FRACTIONAL and FILE_FORMAT_RTSTRUCT: an archive takes DICOM");
    }

    private static StoredObject IdentityOf(FileFormat format, DicomDataset written) => new()
    {
        Format = format,
        StudyInstanceUid = written.GetString(DicomTag.StudyInstanceUID),
        SeriesInstanceUid = written.GetString(DicomTag.SeriesInstanceUID),
        SopInstanceUid = written.GetString(DicomTag.SOPInstanceUID),
    };

    private static Progress ToWire(StoreProgress progress, long bytes) => new()
    {
        Fraction = (float)progress.Bytes / Math.Max(1, bytes),
        Stage = string.Create(CultureInfo.InvariantCulture, $"storing: {progress.Bytes / 1e6:0.0} of {bytes / 1e6:0.0} MB"),
    };
}
