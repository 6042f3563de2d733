using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Dicom.Web;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Tests.Archives;

namespace SegBridge.Imaging.Tests.Dicom.Web;

/// <summary>The client against a real archive.</summary>
public sealed class OrthancTests(OrthancArchive orthanc) : IClassFixture<OrthancArchive>
{
    private const int Slices = 52;

    [OrthancFact]
    public async Task A_series_is_stored_found_and_read_as_the_volume_that_its_folder_makes()
    {
        var (study, series) = await orthanc.StoreSarcomaAsync();
        using var client = new DicomWebClient(orthanc.Archive);

        var studies = await client.SearchStudiesAsync(new DicomWebQuery([new("PatientID", "STS_0*"), new("ModalitiesInStudy", "CT")]), default);
        Assert.Equal(study, Assert.Single(studies).GetString(DicomTag.StudyInstanceUID));
        Assert.Equal(Slices + 1, studies[0].GetInt(DicomTag.NumberOfStudyRelatedInstances));
        Assert.Empty(await client.SearchStudiesAsync(new DicomWebQuery([new("PatientID", "nobody")]), default));
        Assert.Equal(2, (await client.SearchSeriesAsync(study, DicomWebQuery.All, default)).Count);
        Assert.Equal(7, (await client.SearchInstancesAsync(study, series, new DicomWebQuery([], 7), default)).Count);
        Assert.Equal(study, await client.FindStudyAsync(series, default));

        var last = default(SeriesProgress);
        var folder = await client.ReadSeriesAsync(study, series, new Told<SeriesProgress>(progress => last = progress), default);
        Assert.Equal((Slices, Slices), (last.Received, last.Expected));
        RequireSarcoma(folder);
    }

    [OrthancFact]
    public async Task A_segmentation_and_a_structure_set_come_back_byte_by_byte()
    {
        var (study, series) = await orthanc.StoreSarcomaAsync();
        using var client = new DicomWebClient(orthanc.Archive);
        var volume = (await client.ReadSeriesAsync(study, series, null, default)).Series()[0].ToVolume();
        var mask = new VolumeMask(volume.Volume.Geometry.Size) { [new Ijk(100, 120, 20)] = true, [new Ijk(101, 120, 20)] = true };
        SegmentMask[] segments = [new(new DicomSegment("sarcoma"), mask)];
        foreach (var written in new[] { SegmentationWriter.Binary(volume.Source, segments), StructureSetWriter.Write(volume.Source, segments) })
        {
            using var bytes = new MemoryStream();
            written.Save(bytes);

            var result = await client.StoreAsync([StoreObject.Of(written)], null, default);

            Assert.Equal(written.Dataset.GetString(DicomTag.SOPInstanceUID), Assert.Single(result.Stored).SOPInstanceUID);
            Assert.Empty(result.Failed);
            byte[]? fetched = null;
            var failures = await client.RetrieveSeriesAsync(
                study, written.Dataset.GetString(DicomTag.SeriesInstanceUID), (_, raw) => fetched = raw.ToArray(), forPixels: false, null, default);
            Assert.Empty(failures);
            Assert.Equal(bytes.ToArray(), fetched);
        }
    }

    [OrthancFact]
    public async Task What_the_archive_does_not_take_is_named_with_the_reason()
    {
        var (study, series) = await orthanc.StoreSarcomaAsync();
        using var client = new DicomWebClient(orthanc.Archive with { Limits = new DicomWebLimits { MaxStoreBytes = 100_000 } });
        var good = (await client.ReadSeriesAsync(study, series, null, default)).Files[0];
        DicomDataset nowhere = [];
        nowhere.Add(DicomTag.SOPClassUID, DicomUID.SecondaryCaptureImageStorage);
        nowhere.Add(DicomTag.SOPInstanceUID, DicomUID.Generate());

        var result = await client.StoreAsync([StoreObject.Of(good), StoreObject.Of(new DicomFile(nowhere)), StoreObject.Of(good)], null, default);

        Assert.Equal(2, result.Stored.Count);
        var failure = Assert.Single(result.Failed);
        Assert.Equal(nowhere.GetString(DicomTag.SOPInstanceUID), failure.SOPInstanceUID);
        Assert.NotEmpty(failure.Reason);
    }

    [OrthancFact]
    public async Task Wrong_credentials_and_unknown_series_are_told_apart()
    {
        var (study, series) = await orthanc.StoreSarcomaAsync();
        foreach (var credentials in new[] { DicomWebCredentials.Basic(OrthancArchive.User, "wrong"), null })
        {
            using var stranger = new DicomWebClient(orthanc.Archive with { Credentials = credentials });
            var refused = await Assert.ThrowsAsync<DicomWebException>(() => stranger.ReadSeriesAsync(study, series, null, default));
            Assert.Equal(DicomWebProblem.CredentialsRefused, refused.Problem);
        }

        using var client = new DicomWebClient(orthanc.Archive);
        foreach (var call in new Func<Task>[]
        {
            () => client.ReadSeriesAsync(study, "1.2.3.4", null, default), () => client.FindStudyAsync("1.2.3.4", default),
            () => client.ReadSeriesAsync("../../patients", series, null, default),
        })
        {
            Assert.Equal(DicomWebProblem.NotFound, (await Assert.ThrowsAsync<DicomWebException>(call)).Problem);
        }
    }

    [OrthancFact]
    public async Task A_series_whose_answer_breaks_off_is_completed_one_by_one()
    {
        var (study, series) = await orthanc.StoreSarcomaAsync();
        using var wire = new CuttingWire(orthanc.Port, cutAfter: 1_500_000, forGood: false);
        using var client = new DicomWebClient(OrthancArchive.ArchiveAt(wire.Port));
        var steps = new List<int>();

        var folder = await client.ReadSeriesAsync(study, series, new Told<SeriesProgress>(progress => steps.Add(progress.Received)), default);

        Assert.True(wire.IsCut);
        Assert.Equal(Enumerable.Range(0, Slices + 1), steps);
        RequireSarcoma(folder);
    }

    [OrthancFact]
    public async Task An_archive_that_stops_in_the_middle_leaves_the_missing_instances_named_and_makes_no_volume()
    {
        var (study, series) = await orthanc.StoreSarcomaAsync();
        using var wire = new CuttingWire(orthanc.Port, cutAfter: 1_500_000, forGood: true);
        using var client = new DicomWebClient(OrthancArchive.ArchiveAt(wire.Port));

        var incomplete = await Assert.ThrowsAsync<DicomWebException>(() => client.ReadSeriesAsync(study, series, null, default));

        Assert.Equal(DicomWebProblem.Incomplete, incomplete.Problem);
        Assert.InRange(incomplete.Failures.Count, 1, Slices - 1);
        Assert.DoesNotContain(incomplete.Failures[0].SOPInstanceUID, incomplete.Message, StringComparison.Ordinal);
        var unreachable = await Assert.ThrowsAsync<DicomWebException>(() => client.ReadSeriesAsync(study, series, null, default));
        Assert.Equal(DicomWebProblem.Unreachable, unreachable.Problem);
    }

    private static void RequireSarcoma(DicomFolder folder)
    {
        var expected = DicomFolder.Read(Path.Combine(OrthancArchive.SarcomaFolder!, "image")).Series()[0].ToVolume();
        var volume = Assert.Single(folder.Series()).ToVolume();
        Assert.Equal(expected.Volume.Geometry, volume.Volume.Geometry);
        Assert.Equal((expected.Volume.VoxelType, expected.Volume.Rescale), (volume.Volume.VoxelType, volume.Volume.Rescale));
        Assert.True(expected.Volume.Data.Span.SequenceEqual(volume.Volume.Data.Span));
    }
}

/// <summary>Progress that is told at once, where it happens.</summary>
internal sealed class Told<T>(Action<T> tell) : IProgress<T>
{
    public void Report(T value) => tell(value);
}
