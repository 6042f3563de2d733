using System.Text;
using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Tests.Formats;

namespace SegBridge.Imaging.Tests.Dicom;

/// <summary>Objects without identity, by the Basic Application Level Confidentiality Profile.</summary>
public sealed class DeidentifiedObjectTests : IDisposable
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(n => (byte)n)];
    private static readonly SegmentationAlgorithm Algorithm = new("slice-2d", "1.1.0", "sha256:0123456789abcdef");

    // Every text of the source that says who, when, where or what for.
    private static readonly (DicomTag Tag, string Text)[] Secrets =
    [
        (DicomTag.PatientName, "Geheim^Anna"), (DicomTag.PatientID, "PID-4711"), (DicomTag.IssuerOfPatientID, "KLINIK-X"),
        (DicomTag.PatientBirthDate, "19510203"), (DicomTag.PatientSex, "F"), (DicomTag.PatientAge, "069Y"), (DicomTag.PatientSize, "1.87"),
        (DicomTag.PatientWeight, "83.25"), (DicomTag.StudyDate, "20190807"), (DicomTag.StudyTime, "121314"), (DicomTag.AccessionNumber, "ACC0815"),
        (DicomTag.ReferringPhysicianName, "Doktor^Wer"), (DicomTag.StudyID, "STUDY77"), (DicomTag.StudyDescription, "Thorax of Anna"),
        (DicomTag.PositionReferenceIndicator, "XIPHOID"),
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Nothing_of_the_source_identifies_the_patient_and_all_identifiers_are_new()
    {
        foreach (var file in Objects(Key))
        {
            var bytes = BytesOf(file);
            var text = Encoding.UTF8.GetString(bytes);
            foreach (var secret in Secrets.Select(secret => secret.Text).Where(secret => secret.Length > 2).Append("Meier").Append("20250601"))
            {
                Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
            }

            Assert.DoesNotContain(SyntheticSeries.Series, text, StringComparison.Ordinal);
            Assert.DoesNotContain(SyntheticSeries.Study, text, StringComparison.Ordinal);
            Assert.DoesNotContain(SyntheticSeries.FrameOfReference, text, StringComparison.Ordinal);
            var dataset = DicomFile.Open(new MemoryStream(bytes)).Dataset;
            Assert.Equal("YES", dataset.GetString(DicomTag.PatientIdentityRemoved));
            Assert.Equal("113100", dataset.GetItemOfSequence(DicomTag.DeidentificationMethodCodeSequence)!.GetString(DicomTag.CodeValue));
            Assert.Equal("", dataset.GetStringOrNull(DicomTag.PatientSex) ?? "");
            Assert.All(UidsIn(dataset), uid => Assert.True(uid.StartsWith("2.25.", StringComparison.Ordinal) || uid.StartsWith("1.2.840.10008.", StringComparison.Ordinal), uid));
        }
    }

    [Fact]
    public void Objects_of_one_key_belong_together_and_those_of_another_do_not()
    {
        var (one, two, other) = (Objects(Key), Objects(Key), Objects([.. Key.Reverse()]));
        foreach (var tag in new[] { DicomTag.StudyInstanceUID, DicomTag.FrameOfReferenceUID, DicomTag.PatientID })
        {
            var value = one[0].Dataset.GetString(tag);
            Assert.All(one.Concat(two), file => Assert.Equal(value, file.Dataset.GetString(tag)));
            Assert.All(other, file => Assert.NotEqual(value, file.Dataset.GetString(tag)));
        }

        // The images that another program de-identifies by the same rule are those that the objects refer to.
        var series = one[0].Dataset.GetItemOfSequence(DicomTag.ReferencedSeriesSequence)!;
        Assert.Equal(new DicomDeidentifier(Key).Replace(SyntheticSeries.Series), series.GetString(DicomTag.SeriesInstanceUID));
        Assert.Throws<ArgumentException>(() => new DicomDeidentifier(Key.AsSpan(0, 15)));
    }

    [DicomFact]
    public void They_are_as_valid_as_others()
    {
        foreach (var file in Objects(Key))
        {
            file.Save(_folder["object.dcm"]);
            var errors = DicomReference.Run("dciodvfy", _folder["object.dcm"]).Output.Split('\n').Where(line => line.StartsWith("Error", StringComparison.Ordinal)).ToArray();
            Assert.True(errors.Length == 0, string.Join('\n', errors));
        }
    }

    [Fact]
    public void The_masks_are_the_same_and_segments_are_called_what_they_are()
    {
        var seg = DicomSegmentation.Create(DicomFile.Open(new MemoryStream(BytesOf(Objects(Key)[0]))).Dataset);
        Assert.Equal(["Liver 1", "Segment 2"], seg.Segments.Select(segment => segment.Label));
        Assert.Equal([2, 1], seg.ToMasks(seg.OwnGrid()).Select(segment => (int)segment.Mask.Count));
    }

    private static DicomFile[] Objects(byte[] key)
    {
        var volume = SyntheticSeries.Volume(new Random(8), new VolumeSize(9, 8, 3));
        var slices = SyntheticSeries.Classic(volume);
        foreach (var slice in slices)
        {
            foreach (var (tag, text) in Secrets)
            {
                slice.Add(tag, text);
            }
        }

        var source = Assert.Single(DicomSeries.Group(slices)).ToVolume().Source;
        var options = new DerivedObjectOptions
        {
            Deidentifier = new DicomDeidentifier(key), SeriesDescription = "Liver of Meier", Time = new DateTimeOffset(2025, 6, 1, 10, 0, 0, TimeSpan.Zero), DeviceSerialNumber = "20250601",
        };
        SegmentMask[] segments =
        [
            new(new DicomSegment("Meier's liver") { Type = new("10200004", "SCT", "Liver"), Algorithm = Algorithm }, new VolumeMask(volume.Geometry.Size) { [new Ijk(1, 2, 0)] = true, [new Ijk(1, 3, 2)] = true }),
            new(new DicomSegment("Meier's knee"), new VolumeMask(volume.Geometry.Size) { [new Ijk(4, 2, 1)] = true }),
        ];
        return [SegmentationWriter.Binary(source, segments, options), StructureSetWriter.Write(source, segments, options)];
    }

    private static byte[] BytesOf(DicomFile file)
    {
        var stream = new MemoryStream();
        file.Save(stream);
        return stream.ToArray();
    }

    private static IEnumerable<string> UidsIn(DicomDataset dataset) => dataset.SelectMany(item => item switch
    {
        DicomSequence sequence => sequence.Items.SelectMany(UidsIn),
        _ when item.VR == DicomVR.UI => dataset.GetStrings(item.Tag),
        _ => [],
    });
}
