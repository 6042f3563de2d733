using Grpc.Core;
using Microsoft.Extensions.Logging;
using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Dicom.Web;
using SegBridge.Server.Hosting;
using SegBridge.Server.Tests.Support;
using SegBridge.Sessions;
using SegBridge.Sessions.Journal;
using SegBridge.Tests.Archives;
using SegBridge.V1;

namespace SegBridge.Server.Tests.Archives;

/// <summary>Sessions on a series of a real archive: the client sends no voxel.</summary>
public sealed class SeriesSessionTests(OrthancArchive orthanc) : IClassFixture<OrthancArchive>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("series-journals-");

    private ServerOptions Options => TestServer.Options with
    {
        Archives = new Dictionary<string, DicomWebArchive> { ["pacs"] = orthanc.Archive },
        Journal = new JournalOptions { Folder = Path.Combine(_folder.FullName, "j") },
    };

    public void Dispose() => _folder.Delete(recursive: true);

    [OrthancFact]
    public async Task A_session_on_a_series_is_opened_worked_in_and_taken_up_again_without_any_brick_from_the_client()
    {
        var (study, series) = await orthanc.StoreSarcomaAsync();
        using var log = new LogText();
        var options = Options with { Log = new LogSettings { Level = LogLevel.Trace, Output = log } };
        OpenSessionReply opened;
        MaskRegion mask;
        await using (var first = await TestServer.StartAsync(options))
        {
            Assert.Equal(["pacs"], (await first.Describing.DescribeAsync(new DescribeRequest())).Archives);
            var events = new List<OpenSeriesEvent>();
            using (var call = first.Sessions.OpenSeries(Open(study, series)))
            {
                while (await call.ResponseStream.MoveNext(default))
                {
                    events.Add(call.ResponseStream.Current);
                }
            }

            opened = events[^1].Session;
            Assert.Contains(events, happened => happened.Progress is { Stage.Length: > 0 });
            RequireSarcoma(opened.Volume);
            mask = (await first.Sessions.Predict(Clicked(opened)).ResultAsync()).Changed;
            Assert.NotEqual(0, mask.Data.Length);
            var segmentation = (await ExportAsync(first, opened.SessionId)).Dataset;
            Assert.Equal((study, "SEG"), (segmentation.GetString(DicomTag.StudyInstanceUID), segmentation.GetString(DicomTag.Modality)));

            var storing = await StoreAsync(first, Storing(opened.SessionId));
            Assert.Contains(storing, happened => happened.Progress is { Fraction: 1, Stage.Length: > 0 });
            var objects = storing[^1].Done.Objects;
            Assert.Equal([(FileFormat.DicomSeg, ""), (FileFormat.Rtstruct, "")], objects.Select(one => (one.Format, one.Failure)));
            using var client = new DicomWebClient(orthanc.Archive);
            foreach (var (one, modality) in objects.Zip(["SEG", "RTSTRUCT"]))
            {
                var stored = Assert.Single((await client.ReadSeriesAsync(study, one.SeriesInstanceUid, null, default)).Files).Dataset;
                Assert.Equal((one.SopInstanceUid, modality), (stored.GetString(DicomTag.SOPInstanceUID), stored.GetString(DicomTag.Modality)));
            }
        }

        await using (var second = await TestServer.StartAsync(options))
        {
            var resume = new ResumeSessionRequest { SessionId = opened.SessionId };
            Assert.NotEmpty((await second.Sessions.ResumeSessionAsync(resume)).NeededBricks);
            resume.DicomSeries = Reference(study, await StoreOtherSeriesAsync(study));
            var wrong = await CallExtensions.FailsAsync(StatusCode.InvalidArgument, async () => await second.Sessions.ResumeSessionAsync(resume));
            Assert.Contains("another series", wrong.Status.Detail, StringComparison.Ordinal);

            resume.DicomSeries = Reference("", series);
            var resumed = await second.Sessions.ResumeSessionAsync(resume);

            Assert.Equal((0, string.Empty), (resumed.NeededBricks.Count, resumed.Lost));
            RequireSarcoma(resumed.Session.Volume);
            Assert.Equal(mask, (await second.Sessions.GetMaskAsync(new GetMaskRequest { SessionId = opened.SessionId, SegmentId = "tumour" })).Mask);
            await second.Sessions.Predict(Clicked(opened, 1)).ResultAsync();
            Assert.Equal(series, (await ExportAsync(second, opened.SessionId)).Dataset
                .GetSequence(DicomTag.ReferencedSeriesSequence)[0].GetString(DicomTag.SeriesInstanceUID));
        }

        var journal = string.Concat(Directory.GetFiles(Path.Combine(_folder.FullName, "j")).Select(File.ReadAllText));
        Assert.Contains("opened", journal, StringComparison.Ordinal);
        Assert.Contains("archive pacs", log.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("pacs", journal, StringComparison.Ordinal);
        foreach (var secret in new[] { study, series, "STS_026", OrthancArchive.Password, "dicom-web" })
        {
            Assert.DoesNotContain(secret, journal, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, log.ToString(), StringComparison.Ordinal);
        }
    }

    [OrthancFact]
    public async Task What_goes_wrong_with_an_archive_has_a_status_of_its_own()
    {
        var (study, series) = await orthanc.StoreSarcomaAsync();
        using var wire = new CuttingWire(orthanc.Port, cutAfter: 1_500_000, forGood: true);
        var archives = new Dictionary<string, DicomWebArchive>
        {
            ["pacs"] = orthanc.Archive,
            ["locked"] = orthanc.Archive with { Credentials = DicomWebCredentials.Basic("reader", "wrong") },
            ["breaking"] = OrthancArchive.ArchiveAt(wire.Port),
        };
        await using var server = await TestServer.StartAsync(Options with { Archives = archives, Sessions = new SessionOptions { MaxSessions = 1 } });
        var structures = DicomFolder.Read(Path.Combine(OrthancArchive.SarcomaFolder!, "mask")).Files[0].Dataset.GetString(DicomTag.SeriesInstanceUID);
        foreach (var (status, reference, words) in new[]
        {
            (StatusCode.NotFound, Reference(study, series, "elsewhere"), "no such archive"),
            (StatusCode.NotFound, Reference(study, series, "http://evil.example/"), "no such archive"),
            (StatusCode.NotFound, Reference(study, "1.2.3"), "no such series"),
            (StatusCode.NotFound, Reference("", "1.2.3"), "no such series"),
            (StatusCode.FailedPrecondition, Reference(study, series, "locked"), "401"),
            (StatusCode.FailedPrecondition, Reference(study, structures), "no images"),
            (StatusCode.Unavailable, Reference(study, series, "breaking"), "could not be fetched"),
            (StatusCode.Unavailable, Reference(study, series, "breaking"), "cannot be reached"),
            (StatusCode.InvalidArgument, Reference(study, "../../system"), "must be a UID"),
            (StatusCode.InvalidArgument, new DicomSeriesReference { Archive = "pacs" }, "series_instance_uid"),
        })
        {
            var request = Open(study, series);
            request.Volume.DicomSeries = reference;
            var refused = await CallExtensions.FailsAsync(status, async () => await server.Sessions.OpenSessionAsync(request));
            Assert.Contains(words, refused.Status.Detail, StringComparison.Ordinal);
            Assert.DoesNotContain(series, refused.Status.Detail, StringComparison.Ordinal);
        }

        var unknown = Open(study, series);
        unknown.ModelId = "no-such-model";
        await CallExtensions.FailsAsync(StatusCode.NotFound, async () => await server.Sessions.OpenSessionAsync(unknown));
        RequireSarcoma((await server.Sessions.OpenSessionAsync(Open(study, series))).Volume);
        await CallExtensions.FailsAsync(StatusCode.ResourceExhausted, async () => await server.Sessions.OpenSessionAsync(Open(study, series)));

        await using var small = await TestServer.StartAsync(Options with { Sessions = new SessionOptions { MaxBrickBytesPerSession = 2_000_000 } });
        await CallExtensions.FailsAsync(StatusCode.ResourceExhausted, async () => await small.Sessions.OpenSessionAsync(Open(study, series)));
        await using var full = await TestServer.StartAsync(Options with { Sessions = new SessionOptions { MaxTotalBytes = 2_000_000 } });
        await CallExtensions.FailsAsync(StatusCode.ResourceExhausted, async () => await full.Sessions.OpenSessionAsync(Open(study, series)));
    }

    [OrthancFact]
    public async Task What_an_archive_does_not_take_is_named_object_by_object()
    {
        var (study, series) = await orthanc.StoreSarcomaAsync();
        using var wire = new CuttingWire(orthanc.Port, cutAfter: 0, forGood: true);
        var archives = new Dictionary<string, DicomWebArchive>
        {
            ["pacs"] = orthanc.Archive,
            ["guarded"] = orthanc.Archive with { IsReadOnly = true },
            ["locked"] = orthanc.Archive with { Credentials = DicomWebCredentials.Basic("reader", "wrong") },
            ["breaking"] = OrthancArchive.ArchiveAt(wire.Port),
        };
        await using var server = await TestServer.StartAsync(Options with { Archives = archives });
        var opened = await server.Sessions.OpenSessionAsync(Open(study, series));
        await CallExtensions.FailsAsync(StatusCode.FailedPrecondition, () => StoreAsync(server, Storing(opened.SessionId)));
        await server.Sessions.Predict(Clicked(opened)).ResultAsync();
        foreach (var (status, change, words) in new (StatusCode, Action<StoreRequest>, string)[]
        {
            (StatusCode.NotFound, request => request.Archive = "elsewhere", "no such archive"),
            (StatusCode.InvalidArgument, request => request.Archive = "", "archive"),
            (StatusCode.FailedPrecondition, request => request.Archive = "guarded", "read only"),
            (StatusCode.FailedPrecondition, request => request.Archive = "locked", "401"),
            (StatusCode.Unavailable, request => request.Archive = "breaking", "cannot be reached"),
            (StatusCode.InvalidArgument, request => request.Formats.Clear(), "formats"),
            (StatusCode.InvalidArgument, request => request.Formats.Add(FileFormat.Nifti), "formats"),
            (StatusCode.NotFound, request => request.SegmentIds.Add("nobody"), "segment"),
            (StatusCode.NotFound, request => request.SessionId = new string('0', 32), "session"),
        })
        {
            var request = Storing(opened.SessionId);
            change(request);
            var refused = await CallExtensions.FailsAsync(status, () => StoreAsync(server, request));
            Assert.Contains(words, refused.Status.Detail, StringComparison.Ordinal);
        }

        // The archive takes no structure sets of this name.
        var partly = Storing(opened.SessionId);
        partly.DicomSource = new V1.DicomSource { SeriesDescription = OrthancArchive.RefusedStructures };
        var objects = (await StoreAsync(server, partly))[^1].Done.Objects;
        Assert.Equal("", objects[0].Failure);
        Assert.NotEqual("", objects[1].Failure);
    }

    private static StoreRequest Storing(string session) =>
        new() { SessionId = session, Archive = "pacs", Formats = { FileFormat.DicomSeg, FileFormat.Rtstruct } };

    private static async Task<List<StoreEvent>> StoreAsync(TestServer server, StoreRequest request)
    {
        var events = new List<StoreEvent>();
        using var call = server.Export.StoreSegments(request);
        while (await call.ResponseStream.MoveNext(default))
        {
            events.Add(call.ResponseStream.Current);
        }

        return events;
    }

    private static OpenSessionRequest Open(string study, string series) => new()
    {
        Client = "tests",
        Volume = new Volume { DicomSeries = Reference(study, series), BrickSize = new Size { I = 64, J = 64, K = 4 } },
    };

    private static DicomSeriesReference Reference(string study, string series, string archive = "pacs") =>
        new() { Archive = archive, StudyInstanceUid = study, SeriesInstanceUid = series };

    private static PredictRequest Clicked(OpenSessionReply opened, int further = 0)
    {
        var (i, j, k) = (opened.Volume.Geometry.Size.I / 2, opened.Volume.Geometry.Size.J / 2, opened.Volume.Geometry.Size.K / 2);
        return new PredictRequest
        {
            SessionId = opened.SessionId,
            SegmentId = "tumour",
            Slice = new GridSlice { Axis = Axis.K, Index = k },
            Prompts = { new Prompt { Point = new PointPrompt { Polarity = Polarity.Positive, Ijk = new VoxelPoint { I = i + further, J = j, K = k } } } },
        };
    }

    /// <summary>The session's segments as DICOM, for which the client names no image.</summary>
    private static async Task<DicomFile> ExportAsync(TestServer server, string session)
    {
        using var call = server.Export.ExportSegments(
            new ExportRequest { SessionId = session, Format = FileFormat.DicomSeg, DicomSource = new V1.DicomSource() });
        using var bytes = new MemoryStream();
        while (await call.ResponseStream.MoveNext(default))
        {
            call.ResponseStream.Current.Data.WriteTo(bytes);
        }

        bytes.Position = 0;
        return DicomFile.Open(bytes);
    }

    private static void RequireSarcoma(Volume volume)
    {
        var expected = DicomFolder.Read(Path.Combine(OrthancArchive.SarcomaFolder!, "image")).Series()[0].ToVolume();
        var size = expected.Volume.Geometry.Size;
        Assert.Equal((size.I, size.J, size.K), ((int)volume.Geometry.Size.I, (int)volume.Geometry.Size.J, (int)volume.Geometry.Size.K));
        Assert.Equal(expected.Volume.Geometry.Origin.S, volume.Geometry.Origin.S);
        Assert.Equal((Modality.Ct, expected.Volume.Rescale.Intercept), (volume.Modality, volume.RescaleIntercept));
        Assert.Equal(System.Security.Cryptography.SHA256.HashData(expected.Volume.Data.Span), volume.ContentSha256.ToByteArray());
    }

    /// <summary>Two slices of the sarcoma series as another one.</summary>
    private async Task<string> StoreOtherSeriesAsync(string study)
    {
        var uid = DicomUID.Generate();
        using var client = new DicomWebClient(orthanc.Archive);
        var files = DicomFolder.Read(Path.Combine(OrthancArchive.SarcomaFolder!, "image")).Files
            .OrderBy(file => file.Dataset.GetDoubles(DicomTag.ImagePositionPatient)[2]).Take(2);
        var result = await client.StoreAsync(
            [.. files.Select(file =>
            {
                file.Dataset.Add(DicomTag.SeriesInstanceUID, uid);
                file.Dataset.Add(DicomTag.SOPInstanceUID, DicomUID.Generate());
                return StoreObject.Of(file);
            })],
            null, default);
        Assert.Equal(2, result.Stored.Count);
        Assert.Equal(study, await client.FindStudyAsync(uid, default));
        return uid;
    }
}
