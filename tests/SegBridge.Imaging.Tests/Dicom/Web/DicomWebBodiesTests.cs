using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Dicom.Web;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Tests.Formats;

namespace SegBridge.Imaging.Tests.Dicom.Web;

/// <summary>Multipart bodies and DICOM JSON, whole and damaged.</summary>
public sealed class DicomWebBodiesTests
{
    [Fact]
    public void Parts_come_out_as_they_went_in_however_the_body_arrives()
    {
        var cases = Gen.Choose(0, 6).SelectMany(parts => Gen.Choose(1, 40).SelectMany(piece => Gen.Choose(0, int.MaxValue).Select(seed => (parts, piece, seed))));
        Prop.ForAll(cases.ToArbitrary(), drawn =>
        {
            var random = new Random(drawn.seed);
            // Nearly delimiters, again and again, and nothing at all.
            var files = Enumerable.Range(0, drawn.parts).Select(_ => Encoding.ASCII.GetBytes(
                string.Concat(Enumerable.Range(0, random.Next(9)).Select(_ => random.Next(4) switch { 0 => "\r\n", 1 => "--zebr", 2 => "\r\n-", _ => "stripes" })))).ToArray();
            var read = ReadAsync(ScriptedArchive.Body(files), drawn.piece).GetAwaiter().GetResult();
            Assert.Equal(files, read);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("--zebra\r\n\r\nx\r\n--zebra")]
    [InlineData("--zebra\r\n\r\nx")]
    [InlineData("--zebra\r\n")]
    [InlineData("")]
    public async Task A_body_without_its_end_is_cut_off(string body)
    {
        var cut = await Assert.ThrowsAsync<DicomWebException>(() => ReadAsync(Encoding.ASCII.GetBytes(body), 7));
        Assert.Contains("cut off", cut.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("multipart/related; type=\"application/dicom\"; boundary=\"a b;c\"", "a b;c")]
    [InlineData("Multipart/Related;TYPE=application/dicom;Boundary=xyz", "xyz")]
    [InlineData("application/dicom", null)]
    public void Content_types_are_read_as_archives_write_them(string header, string? boundary) => Assert.Equal(boundary, ReplyType.Of(header).Boundary);

    [Fact]
    public void DICOM_JSON_becomes_the_dataset_that_it_describes()
    {
        const string json = """
            [{"00080005":{"vr":"CS","Value":["ISO_IR 100"]},
              "00100010":{"vr":"PN","Value":[{"Alphabetic":"Wäng^XiaoDong","Ideographic":"王^小東"},{"Alphabetic":"Other"}]},
              "00080020":{"vr":"DA"}, "00080061":{"vr":"CS","Value":["CT",null,"MR"]},
              "00200013":{"vr":"IS","Value":["7"]}, "00200032":{"vr":"DS","Value":[1.5,-2,3e1]},
              "00280010":{"vr":"US","Value":[512]}, "00720060":{"vr":"US","Value":[65535,1]}, "0040A161":{"vr":"SL","Value":[-5]},
              "00189087":{"vr":"FD","Value":[0.1]}, "00041600":{"vr":"UV","Value":["18446744073709551615"]},
              "00209165":{"vr":"AT","Value":["00200032"]}, "00282000":{"vr":"OB","InlineBinary":"AQID"},
              "00081199":{"vr":"SQ","Value":[{"00081155":{"vr":"UI","Value":["1.2.3"]}},{}]},
              "7FE00010":{"vr":"OW","BulkDataURI":"https://elsewhere.example/"}}]
            """;

        var dataset = Assert.Single(DicomJson.Read(Encoding.UTF8.GetBytes(json)));

        Assert.Equal(["Wäng^XiaoDong=王^小東", "Other"], dataset.GetStrings(DicomTag.PatientName));
        Assert.Null(dataset.GetStringOrNull(DicomTag.StudyDate));
        Assert.Equal(["CT", "", "MR"], dataset.GetStrings(DicomTag.ModalitiesInStudy));
        Assert.Equal(7, dataset.GetInt(DicomTag.InstanceNumber));
        Assert.Equal([1.5, -2, 30], dataset.GetDoubles(DicomTag.ImagePositionPatient));
        Assert.Equal(512, dataset.GetInt(DicomTag.Rows));
        Assert.Equal(-5, dataset.GetInt(new DicomTag(0x0040, 0xA161)));
        Assert.Equal(0.1, dataset.GetDoubleOrNull(DicomTag.DiffusionBValue));
        Assert.Equal([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], Bytes(dataset, new DicomTag(0x0004, 0x1600)));
        Assert.Equal([0x20, 0, 0x32, 0], Bytes(dataset, DicomTag.DimensionIndexPointer));
        Assert.Equal([1, 2, 3], Bytes(dataset, new DicomTag(0x0028, 0x2000)));
        Assert.Equal("1.2.3", dataset.GetSequence(DicomTag.ReferencedSOPSequence)[0].GetString(DicomTag.ReferencedSOPInstanceUID));
        Assert.Equal((0, 2), (DicomJson.Read(" \n"u8.ToArray()).Count, dataset.GetSequence(DicomTag.ReferencedSOPSequence).Count));
    }

    /// <summary>SEGBRIDGE_DICOM_MUTATIONS asks for more of them.</summary>
    [Fact]
    public async Task Damaged_answers_are_used_or_refused_and_nothing_hangs()
    {
        var slices = SyntheticSeries.Classic(SyntheticSeries.Volume(new Random(1), new VolumeSize(8, 6, 3)));
        var series = slices[0].GetString(DicomTag.SeriesInstanceUID);
        var body = ScriptedArchive.Body(slices.Select(ScriptedArchive.Bytes));
        var list = Encoding.UTF8.GetBytes("[" + string.Join(',', slices.Select(one =>
            $$$"""{"00080018":{"vr":"UI","Value":["{{{one.GetString(DicomTag.SOPInstanceUID)}}}"]},"00100010":{"vr":"PN","Value":[{"Alphabetic":"A"}]},"00081199":{"vr":"SQ","Value":[{}]},"00280010":{"vr":"US","Value":[5]}}""")) + "]");
        var count = int.TryParse(Environment.GetEnvironmentVariable("SEGBRIDGE_DICOM_MUTATIONS"), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : 600;
        var refused = 0;
        for (var n = 0; n < count; n++)
        {
            var random = new Random(n);
            var (damagedList, damagedBody) = n % 2 == 0 ? (Mutation.Of(list, random), body) : (list, Mutation.Of(body, random, 600));
            using var archive = new ScriptedArchive(request => request.RequestUri!.AbsolutePath.EndsWith("/instances", StringComparison.Ordinal)
                ? ScriptedArchive.Json(Encoding.Latin1.GetString(damagedList))
                : ScriptedArchive.Multipart(damagedBody));
            using var client = archive.Client(ScriptedArchive.Description with { Attempts = 1, Limits = new DicomWebLimits { MaxSeriesBytes = 8 << 20 } });
            try
            {
                await client.ReadSeriesAsync("1.2", series, null, default).WaitAsync(TimeSpan.FromMinutes(1));
            }
            catch (DicomWebException failure)
            {
                refused++;
                Assert.InRange(failure.Message.Length, 20, 2000);
            }
        }

        Assert.InRange(refused, count / 10, count - 1);
    }

    private static byte[] Bytes(DicomDataset dataset, DicomTag tag) => ((DicomElement)dataset.GetItemOrNull(tag)!).Value.Data.ToArray();

    private static async Task<List<byte[]>> ReadAsync(byte[] body, int piece)
    {
        var (at, parts) = (0, new List<byte[]>());
        var reader = new MultipartReader(
            (destination, _) =>
            {
                var count = Math.Min(Math.Min(piece, destination.Length), body.Length - at);
                body.AsMemory(at, count).CopyTo(destination);
                at += count;
                return ValueTask.FromResult(count);
            },
            ScriptedArchive.Boundary, 1 << 20);
        while (await reader.NextAsync(default) is { } part)
        {
            parts.Add(part.ToArray());
        }

        return parts;
    }
}
