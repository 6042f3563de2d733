using System.Net;
using System.Text;
using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Dicom.Web;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Tests.Dicom.Web;

/// <summary>The client against archives that misbehave.</summary>
public sealed class DicomWebClientTests
{
    private static readonly DicomDataset[] Slices = SyntheticSeries.Classic(SyntheticSeries.Volume(new Random(1), new VolumeSize(8, 6, 4)));
    private static readonly string Series = Slices[0].GetString(DicomTag.SeriesInstanceUID);

    [Fact]
    public async Task A_busy_archive_is_asked_again_and_not_for_ever()
    {
        var busy = 2;
        using var patient = new ScriptedArchive(_ => busy-- > 0 ? new HttpResponseMessage(HttpStatusCode.TooManyRequests) : ScriptedArchive.Json("[]"));
        using var client = patient.Client();
        Assert.Empty(await client.SearchStudiesAsync(DicomWebQuery.All, default));
        Assert.Equal(3, patient.Asked.Count);

        using var later = new ScriptedArchive(_ =>
        {
            var response = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
            response.Headers.TryAddWithoutValidation("Retry-After", "3600");
            return response;
        });
        using var waiting = later.Client();
        using var stop = new CancellationTokenSource();
        var search = waiting.SearchStudiesAsync(DicomWebQuery.All, stop.Token);
        // The pauses of all attempts together are shorter; what the archive asks for is not.
        await Task.Delay(200, CancellationToken.None);
        Assert.Single(later.Asked);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => search);

        using var always = new ScriptedArchive(_ => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
        using var tired = always.Client();
        Assert.Equal(DicomWebProblem.Unreachable, await ProblemOf(() => tired.SearchStudiesAsync(DicomWebQuery.All, default)));
        Assert.Equal(ScriptedArchive.Description.Attempts, always.Asked.Count);
    }

    [Fact]
    public async Task Credentials_follow_a_redirect_on_the_same_host_and_go_nowhere_else()
    {
        foreach (var elsewhere in new[] { "http://pacs.example/new", "https://evil.example/dicom-web/studies", "https://pacs.example:8443/dicom-web" })
        {
            using var archive = new ScriptedArchive(_ => Redirect(elsewhere));
            using var client = archive.Client();
            Assert.Equal(DicomWebProblem.Refused, await ProblemOf(() => client.SearchStudiesAsync(DicomWebQuery.All, default)));
            Assert.Single(archive.Asked);
        }

        using var moved = new ScriptedArchive(request => request.RequestUri!.AbsolutePath == "/new" ? ScriptedArchive.Json("[]") : Redirect("/new"));
        using var followed = moved.Client();
        Assert.Empty(await followed.SearchStudiesAsync(DicomWebQuery.All, default));
        Assert.Equal(["Bearer zebra-token", "Bearer zebra-token"], moved.Asked.Select(asked => asked.Credentials));

        using var circle = new ScriptedArchive(_ => Redirect("/circle"));
        using var dizzy = circle.Client();
        Assert.Equal(DicomWebProblem.Refused, await ProblemOf(() => dizzy.SearchStudiesAsync(DicomWebQuery.All, default)));
    }

    [Fact]
    public async Task A_silent_archive_ends_the_wait_and_a_cancelled_call_ends_at_once()
    {
        using var archive = new ScriptedArchive(_ => new HttpResponseMessage { Content = new StreamContent(new SilentStream()) });
        using var client = archive.Client(ScriptedArchive.Description with { Patience = TimeSpan.FromMilliseconds(50), Attempts = 2 });
        Assert.Equal(DicomWebProblem.BadReply, await ProblemOf(() => client.SearchStudiesAsync(DicomWebQuery.All, default)));
        Assert.Equal(2, archive.Asked.Count);

        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SearchStudiesAsync(DicomWebQuery.All, stop.Token));
    }

    [Fact]
    public async Task Pages_are_put_together_whatever_the_archive_makes_of_them()
    {
        static string Page(int from, int count) =>
            "[" + string.Join(',', Enumerable.Range(from, count).Select(n => $$$"""{"0020000D":{"vr":"UI","Value":["1.{{{n}}}"]}}""")) + "]";
        using var paging = new ScriptedArchive(request => ScriptedArchive.Json(
            request.RequestUri!.Query.Contains("offset=0", StringComparison.Ordinal) ? Page(1, 500) : Page(501, 33)));
        using var ignorant = new ScriptedArchive(_ => ScriptedArchive.Json(Page(1, 700)));
        using var repeating = new ScriptedArchive(_ => ScriptedArchive.Json(Page(1, 500)));
        foreach (var (archive, expected) in new[] { (paging, 533), (ignorant, 700), (repeating, 500) })
        {
            using var client = archive.Client();
            Assert.Equal(expected, (await client.SearchStudiesAsync(DicomWebQuery.All, default)).Count);
        }

        using var quoting = repeating.Client();
        await quoting.SearchStudiesAsync(new DicomWebQuery([new("PatientName", "A&limit=9 Ü*")], 5), default);
        Assert.EndsWith("/studies?PatientName=A%26limit%3D9%20%C3%9C*&limit=5&offset=0", repeating.Asked[^1].Url, StringComparison.Ordinal);
        Assert.Equal(DicomWebProblem.Refused, await ProblemOf(() => quoting.SearchStudiesAsync(new DicomWebQuery([new("a&b", "1")]), default)));
    }

    [Fact]
    public async Task An_archive_without_whole_series_or_other_transfer_syntaxes_is_asked_for_single_instances_in_the_usual_one()
    {
        using var archive = ScriptedArchive.OfSeries(Slices, request =>
            request.Headers.NonValidated["Accept"].ToString().Contains("transfer-syntax", StringComparison.Ordinal) ? new HttpResponseMessage(HttpStatusCode.NotAcceptable)
            : Slices.FirstOrDefault(slice => request.RequestUri!.AbsolutePath.EndsWith("/" + slice.GetString(DicomTag.SOPInstanceUID), StringComparison.Ordinal)) is { } one
                ? ScriptedArchive.Multipart(ScriptedArchive.Bytes(one), "application/dicom")
                : new HttpResponseMessage(HttpStatusCode.NotFound));
        using var client = archive.Client();

        var folder = await client.ReadSeriesAsync("1.2", Series, null, default);

        Assert.Equal(Slices.Length, folder.Series()[0].ToVolume().Volume.Geometry.Size.K);
    }

    [Fact]
    public async Task What_cannot_be_decompressed_here_is_asked_for_decompressed()
    {
        var compressed = Slices.Select(slice =>
        {
            var dataset = new DicomDataset { InternalTransferSyntax = DicomTransferSyntax.Lookup("1.2.840.10008.1.2.4.201") };
            slice.ToList().ForEach(dataset.Add);
            dataset.Add(new DicomFragmentSequence(DicomTag.PixelData, DicomVR.OB, [], [new MemoryByteBuffer(new byte[10])]));
            return dataset;
        }).ToArray();
        using var archive = ScriptedArchive.OfSeries(Slices, request =>
        {
            var held = request.Headers.NonValidated["Accept"].ToString().Contains('*', StringComparison.Ordinal) ? compressed : Slices;
            var path = request.RequestUri!.AbsolutePath;
            return ScriptedArchive.Multipart(ScriptedArchive.Body(held.Where(one => !path.Contains("/instances/", StringComparison.Ordinal)
                || path.EndsWith("/" + one.GetString(DicomTag.SOPInstanceUID), StringComparison.Ordinal)).Select(ScriptedArchive.Bytes)));
        });
        using var client = archive.Client();

        Assert.Equal(Slices.Length, (await client.ReadSeriesAsync("1.2", Series, null, default)).Series()[0].ToVolume().Volume.Geometry.Size.K);

        var kept = new List<DicomTransferSyntax>();
        await client.RetrieveSeriesAsync("1.2", Series, (file, _) => kept.Add(file.Dataset.InternalTransferSyntax), forPixels: false, null, default);
        Assert.All(kept, syntax => Assert.Equal("1.2.840.10008.1.2.4.201", syntax.UID));
    }

    [Fact]
    public async Task Limits_hold_before_memory_is_taken()
    {
        using var large = ScriptedArchive.OfSeries(Slices, _ => ScriptedArchive.Multipart(
            Encoding.ASCII.GetBytes($"--{ScriptedArchive.Boundary}\r\nContent-Length: 2000000000\r\n\r\nDICM")));
        using var endless = ScriptedArchive.OfSeries(Slices, _ =>
        {
            var response = ScriptedArchive.Multipart([]);
            response.Content = new StreamContent(new EndlessStream(Encoding.ASCII.GetBytes($"--{ScriptedArchive.Boundary}\r\n\r\n")));
            response.Content.Headers.TryAddWithoutValidation("Content-Type", $"multipart/related; boundary={ScriptedArchive.Boundary}");
            return response;
        });
        var limits = new DicomWebLimits { MaxInstanceBytes = 1 << 20, MaxSeriesBytes = 1 << 20, MaxInstances = Slices.Length, MaxJsonBytes = 10_000 };
        foreach (var archive in new[] { large, endless })
        {
            using var client = archive.Client(ScriptedArchive.Description with { Limits = limits });
            var before = GC.GetTotalAllocatedBytes();
            var failure = await Assert.ThrowsAsync<DicomWebException>(() => client.ReadSeriesAsync("1.2", Series, null, default));
            Assert.Contains("1048576 bytes", failure.Message, StringComparison.Ordinal);
            Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 100L << 20);
            using var few = archive.Client(ScriptedArchive.Description with { Limits = limits with { MaxInstances = Slices.Length - 1 } });
            Assert.Equal(DicomWebProblem.TooLarge, await ProblemOf(() => few.ReadSeriesAsync("1.2", Series, null, default)));
        }

        using var wordy = new ScriptedArchive(_ => ScriptedArchive.Json(new string(' ', 20_000)));
        using var reader = wordy.Client(ScriptedArchive.Description with { Limits = limits });
        Assert.Equal(DicomWebProblem.TooLarge, await ProblemOf(() => reader.SearchStudiesAsync(DicomWebQuery.All, default)));
    }

    [Fact]
    public async Task The_answer_to_a_store_is_read_for_every_instance()
    {
        var (first, second, third) = (StoreObject.Of(new DicomFile(Slices[0])), StoreObject.Of(new DicomFile(Slices[1])), StoreObject.Of(new DicomFile(Slices[2])));
        using var archive = new ScriptedArchive(_ => ScriptedArchive.Json(
            $$$"""
            {"00081199":{"vr":"SQ","Value":[{"00081155":{"vr":"UI","Value":["{{{first.SOPInstanceUID}}}"]},"00081196":{"vr":"US","Value":[45056]}}]},
             "00081198":{"vr":"SQ","Value":[{"00081155":{"vr":"UI","Value":["{{{second.SOPInstanceUID}}}"]},"00081197":{"vr":"US","Value":[272]}}]}}
            """,
            HttpStatusCode.Accepted));
        using var client = archive.Client();

        var result = await client.StoreAsync([first, second, third], null, default);

        Assert.Equal((first.SOPInstanceUID, "the archive changed values (B000)"), (result.Stored.Single().SOPInstanceUID, result.Stored[0].Warning));
        Assert.Equal(["processing failed (0110)", "the archive did not say why"], result.Failed.Select(failure => failure.Reason));
        using var silent = new ScriptedArchive(_ => new HttpResponseMessage());
        using var trusting = silent.Client();
        Assert.Equal(3, (await trusting.StoreAsync([first, second, third], null, default)).Stored.Count);
        using var conflicting = new ScriptedArchive(_ => new HttpResponseMessage(HttpStatusCode.Conflict));
        using var refused = conflicting.Client();
        Assert.Equal(3, (await refused.StoreAsync([first, second, third], null, default)).Failed.Count);
    }

    [Fact]
    public async Task What_an_attempt_whose_answer_was_lost_has_stored_is_stored()
    {
        var one = StoreObject.Of(new DicomFile(Slices[0]));
        foreach (var lost in new[] { 1, 0 })
        {
            var left = lost;
            using var archive = new ScriptedArchive(_ => left-- > 0 ? new HttpResponseMessage(HttpStatusCode.GatewayTimeout) : ScriptedArchive.Json(
                $$$"""{"00081198":{"vr":"SQ","Value":[{"00081155":{"vr":"UI","Value":["{{{one.SOPInstanceUID}}}"]},"00081197":{"vr":"US","Value":[273]}}]}}""", HttpStatusCode.Conflict));
            using var client = archive.Client();

            var result = await client.StoreAsync([one], null, default);

            Assert.Equal((lost, 1 - lost), (result.Stored.Count, result.Failed.Count));
        }
    }

    [Fact]
    public async Task Once_something_is_stored_the_rest_is_named_when_the_archive_stops()
    {
        StoreObject[] all = [.. Slices.Select(slice => StoreObject.Of(new DicomFile(slice)))];
        var both = all[0].Length + all[1].Length;
        var description = ScriptedArchive.Description with { Attempts = 1, Limits = new DicomWebLimits { MaxStoreBytes = both } };
        var alive = 1;
        using var archive = new ScriptedArchive(_ => new HttpResponseMessage(alive-- > 0 ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable));
        using var client = archive.Client(description);
        var told = new List<StoreProgress>();

        var result = await client.StoreAsync(all, new Told<StoreProgress>(told.Add), default);

        Assert.Equal(all[..2].Select(one => one.SOPInstanceUID), result.Stored.Select(one => one.SOPInstanceUID));
        Assert.Equal(all[2..].Select(one => one.SOPInstanceUID), result.Failed.Select(one => one.SOPInstanceUID));
        Assert.All(result.Failed, failure => Assert.Contains("503", failure.Reason, StringComparison.Ordinal));
        Assert.Contains(told, progress => progress == new StoreProgress(2, both));
        Assert.Equal(DicomWebProblem.Unreachable, await ProblemOf(() => client.StoreAsync(all, null, default)));

        var asked = archive.Asked.Count;
        using var guarded = archive.Client(description with { IsReadOnly = true });
        Assert.Equal(DicomWebProblem.Refused, await ProblemOf(() => guarded.StoreAsync(all, null, default)));
        Assert.Equal(asked, archive.Asked.Count);
    }

    private static async Task<DicomWebProblem> ProblemOf(Func<Task> call) => (await Assert.ThrowsAsync<DicomWebException>(call)).Problem;

    private static HttpResponseMessage Redirect(string to)
    {
        var response = new HttpResponseMessage(HttpStatusCode.TemporaryRedirect);
        response.Headers.TryAddWithoutValidation("Location", to);
        return response;
    }

    /// <summary>Never says anything.</summary>
    private sealed class SilentStream : EndlessStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }

    /// <summary>Some bytes, then zeros without end.</summary>
    private class EndlessStream(byte[]? start = null) : Stream
    {
        private byte[] _start = start ?? [];

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var first = Math.Min(count, _start.Length);
            _start.AsSpan(0, first).CopyTo(buffer.AsSpan(offset));
            _start = _start[first..];
            buffer.AsSpan(offset + first, count - first).Clear();
            return count;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
