using System.Reflection;
using System.Text;
using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Tests.Formats;

namespace SegBridge.Imaging.Tests.Dicom;

/// <summary>What is written is read back; what cannot be read is refused by name.</summary>
public sealed class DicomFileTests : IDisposable
{
    private static readonly string[] Codes =
    [
        "AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "OB", "OD", "OF", "OL", "OV", "OW", "PN",
        "SH", "SL", "SS", "ST", "SV", "TM", "UC", "UI", "UL", "UN", "UR", "US", "UT", "UV",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Datasets_of_all_representations_come_back_from_both_encodings()
    {
        Seeded.ForAll(
            random =>
            {
                foreach (var syntax in new[] { DicomTransferSyntax.ExplicitVRLittleEndian, DicomTransferSyntax.ImplicitVRLittleEndian })
                {
                    var dataset = new DicomDataset { InternalTransferSyntax = syntax };
                    dataset.Add(DicomTag.SOPClassUID, DicomUID.CTImageStorage);
                    dataset.Add(DicomTag.SOPInstanceUID, DicomUID.Generate());
                    Fill(dataset, random, depth: 0);
                    var read = DicomFile.Open(Saved(dataset));
                    Assert.Equal(syntax, read.Dataset.InternalTransferSyntax);
                    AssertSame(dataset, read.Dataset, syntax.IsExplicitVR);
                }
            },
            cases: 150);
    }

    [Fact]
    public void Values_on_disk_are_those_in_memory()
    {
        DicomDataset dataset = [];
        dataset.Add(DicomTag.SOPClassUID, DicomUID.CTImageStorage);
        dataset.Add(DicomTag.SOPInstanceUID, "1.2.3");
        dataset.Add(new DicomElement(DicomTag.PixelData, DicomVR.OW, new MemoryByteBuffer(new Random(1).Bytes(100_000))));
        new DicomFile(dataset).Save(_folder["a.dcm"]);
        var read = DicomFile.Open(_folder["a.dcm"]).Dataset;
        new DicomFile(read).Save(_folder["b.dcm"]);
        Assert.Equal(File.ReadAllBytes(_folder["a.dcm"]), File.ReadAllBytes(_folder["b.dcm"]));

        File.WriteAllBytes(_folder["a.dcm"], File.ReadAllBytes(_folder["a.dcm"])[..50_000]);
        var gone = Assert.IsType<DicomElement>(read.GetItemOrNull(DicomTag.PixelData));
        Assert.Contains("has become shorter", Assert.Throws<VolumeFormatException>(() => gone.Value.Data).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_is_written_in_Unicode_and_numbers_in_sixteen_characters()
    {
        DicomDataset dataset = [];
        dataset.Add(DicomTag.SOPClassUID, DicomUID.CTImageStorage);
        dataset.Add(DicomTag.SOPInstanceUID, "1.2.3");
        dataset.Add(DicomTag.SpecificCharacterSet, "ISO_IR 192");
        dataset.Add(DicomTag.PatientName, "山田^太郎");
        double[] numbers = [1.0 / 3, -1234567.890123456, 1e-300 / 7, -0.1, 123456789012345678, 0, -0.0];
        dataset.Add(DicomTag.ContourData, numbers);
        var read = DicomFile.Open(Saved(dataset)).Dataset;
        Assert.Equal("山田^太郎", read.GetString(DicomTag.PatientName));
        Assert.All(read.GetStrings(DicomTag.ContourData), text => Assert.InRange(text.Length, 1, 16));
        Assert.All(numbers.Zip(read.GetDoubles(DicomTag.ContourData)), pair => Assert.Equal(pair.First, pair.Second, Math.Abs(pair.First) * 1e-8));
    }

    [Fact]
    public void A_text_too_long_for_its_representation_cannot_be_added()
    {
        DicomDataset dataset = [];
        Assert.Contains("at most 64", Assert.Throws<ArgumentException>(() => dataset.Add(DicomTag.SegmentLabel, new string('x', 65))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => dataset.Add(DicomTag.Rows, "5"));
    }

    [Fact]
    public void Every_name_of_a_tag_is_the_keyword_of_the_dictionary()
    {
        var named = typeof(DicomTag).GetFields(BindingFlags.Public | BindingFlags.Static);
        Assert.True(named.Length > 100);
        foreach (var field in named)
        {
            var tag = (DicomTag)field.GetValue(null)!;
            Assert.True(tag.Group == 0xFFFE || DicomDictionary.KeywordOf(tag) == field.Name, $"{field.Name} is {tag}");
        }
    }

    [Fact]
    public void Identifiers_are_valid_and_those_of_a_name_repeat()
    {
        Seeded.ForAll(
            random =>
            {
                var name = random.Next().ToString("R", System.Globalization.CultureInfo.InvariantCulture);
                Assert.True(DicomUID.IsValid(DicomUID.Generate()));
                Assert.True(DicomUID.IsValid(DicomUID.FromName(name)));
                Assert.Equal(DicomUID.FromName(name), DicomUID.FromName(name));
                Assert.NotEqual(DicomUID.FromName(name), DicomUID.FromName(name + "x"));
            },
            cases: 20);
        Assert.True(DicomUID.IsValid(DicomUID.Implementation));
        Assert.False(DicomUID.IsValid("1.02.3") || DicomUID.IsValid("1..2") || DicomUID.IsValid("") || DicomUID.IsValid("1.a"));
    }

    [Theory]
    [InlineData("", "not a DICOM file")]
    [InlineData("just text, not an image", "not a DICOM file")]
    public void What_is_not_DICOM_is_refused_as_such(string content, string message)
    {
        var refused = Assert.Throws<VolumeFormatException>(() => DicomFile.Open(new MemoryStream(Encoding.ASCII.GetBytes(content))));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sequences_nested_too_deep_and_elements_too_many_are_refused()
    {
        DicomDataset inner = [];
        for (var n = 0; n < 40; n++)
        {
            DicomDataset outer = [];
            outer.Add(DicomTag.SourceImageSequence, inner);
            inner = outer;
        }

        inner.Add(DicomTag.SOPClassUID, DicomUID.CTImageStorage);
        inner.Add(DicomTag.SOPInstanceUID, "1.2.3");
        Assert.Contains("nested more than 32 deep", Assert.Throws<VolumeFormatException>(() => DicomFile.Open(Saved(inner))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "at most 10 elements",
            Assert.Throws<VolumeFormatException>(() => DicomFile.Open(Saved(inner), new DicomReadLimits { MaxElements = 10, MaxSequenceDepth = 99 })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_names_the_attribute_and_not_its_value()
    {
        DicomDataset dataset = [];
        dataset.AddUnchecked(DicomTag.NumberOfFrames, DicomVR.IS, ["Meier^Anna"]);
        var refused = Assert.Throws<VolumeFormatException>(() => dataset.GetInt(DicomTag.NumberOfFrames));
        Assert.Contains("(0028,0008) NumberOfFrames", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Meier", refused.Message, StringComparison.Ordinal);
    }

    private static MemoryStream Saved(DicomDataset dataset)
    {
        var stream = new MemoryStream();
        new DicomFile(dataset).Save(stream);
        stream.Position = 0;
        return stream;
    }

    private static void Fill(DicomDataset dataset, Random random, int depth)
    {
        for (var n = random.Next(1, 12); n > 0; n--)
        {
            var vr = DicomVR.FromCode(Samples.Of(random, Codes));
            // Private elements may have any representation.
            var tag = new DicomTag((ushort)(0x0011 + (2 * random.Next(100))), (ushort)random.Next(0x1000, 0x10FF));
            var count = random.Next(4) == 0 ? random.Next(200) : random.Next(5);
            var value = vr.IsText ? Encoding.ASCII.GetBytes(new string((char)random.Next('A', 'Z'), count)) : random.Bytes(count * vr.UnitBytes);
            dataset.Add(new DicomElement(tag, vr, new MemoryByteBuffer(value)));
        }

        if (depth < 4)
        {
            var items = Enumerable.Range(0, random.Next(3)).Select(_ =>
            {
                DicomDataset item = [];
                Fill(item, random, depth + 1);
                return item;
            });
            dataset.Add(DicomTag.ReferencedSeriesSequence, [.. items]);
        }
    }

    private static void AssertSame(DicomDataset expected, DicomDataset actual, bool withRepresentation)
    {
        Assert.Equal(expected.Select(item => item.Tag), actual.Select(item => item.Tag));
        foreach (var (a, b) in expected.Zip(actual))
        {
            if (a is DicomSequence sequence)
            {
                var items = Assert.IsType<DicomSequence>(b).Items;
                Assert.Equal(sequence.Items.Count, items.Count);
                foreach (var (x, y) in sequence.Items.Zip(items))
                {
                    AssertSame(x, y, withRepresentation);
                }

                continue;
            }

            var before = ((DicomElement)a).Value.Data.Span;
            var after = Assert.IsType<DicomElement>(b).Value.Data.Span;
            Assert.True(after.StartsWith(before) && after.Length - before.Length == (before.Length & 1), $"{a} differs");
            if (withRepresentation)
            {
                Assert.Equal(a.VR, b.VR);
            }
        }
    }
}
