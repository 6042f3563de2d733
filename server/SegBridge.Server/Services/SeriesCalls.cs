using System.Globalization;
using Grpc.Core;
using SegBridge.Imaging.Dicom.Web;
using SegBridge.Server.Hosting;
using SegBridge.Server.Mapping;
using SegBridge.Sessions.Archives;
using SegBridge.V1;
using Task = System.Threading.Tasks.Task;

namespace SegBridge.Server.Services;

/// <summary>The calls of <see cref="SessionsService"/> whose volume comes from an archive.</summary>
internal sealed class SeriesCalls(SeriesSessions series, LimitSettings limits)
{
    public async Task<OpenSessionReply> OpenAsync(
        OpenSessionRequest request, string? caller, IProgress<SeriesProgress>? progress, CancellationToken cancellation)
    {
        Field.Required(request.Volume, "volume");
        var reference = SeriesMapping.ToReference(request.Volume.DicomSeries, "volume.dicom_series");
        var (session, notes) = await series.OpenAsync(
            reference,
            VolumeMapping.ToBrickSize(request.Volume.BrickSize, "volume"),
            VolumeMapping.ToWindow(request.Volume.DisplayWindow, "volume.display_window"),
            ModelMapping.ToId(request.ModelId), SessionMapping.ToClient(request.Client), caller, progress, cancellation);
        var reply = SessionMapping.ToWire(session, limits);
        reply.Volume = SeriesMapping.ToWire(session.Volume);
        reply.Notes.AddRange(notes);
        return reply;
    }

    public async Task OpenAsync(
        OpenSessionRequest request, string? caller, IServerStreamWriter<OpenSeriesEvent> events, CancellationToken cancellation)
    {
        var session = await ProgressNews.TellAsync<SeriesProgress, OpenSessionReply>(
            progress => OpenAsync(request, caller, progress, cancellation),
            progress => events.WriteAsync(new OpenSeriesEvent { Progress = ToWire(progress) }, cancellation), cancellation);
        await events.WriteAsync(new OpenSeriesEvent { Session = session }, cancellation);
    }

    public async Task<ResumeSessionReply> ResumeAsync(ResumeSessionRequest request, string? caller, CancellationToken cancellation)
    {
        var resumed = await series.ResumeAsync(request.SessionId, SeriesMapping.ToReference(request.DicomSeries, "dicom_series"), caller, cancellation);
        var reply = ResumeMapping.ToWire(resumed, limits);
        reply.Session.Volume = SeriesMapping.ToWire(resumed.Session.Volume);
        return reply;
    }

    private static Progress ToWire(SeriesProgress progress) => new()
    {
        Fraction = (float)progress.Received / Math.Max(1, progress.Expected),
        Stage = string.Create(CultureInfo.InvariantCulture, $"fetching: {progress.Received} of {progress.Expected} images, {progress.Bytes / 1e6:0.0} MB"),
    };
}
