using System.Text;
using FsCheck;
using FsCheck.Fluent;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Tests.Formats;

public sealed class NrrdFileTests
{
    private const string Plain = """
        NRRD0005
        type: uint8
        dimension: 3
        space: RAS
        sizes: 2 2 2
        space directions: (1,0,0) (0,2,0) (0,0,3)
        encoding: raw
        space origin: (10,20,30)
        """;

    [Fact]
    public void Any_volume_survives_a_round_trip() => Prop.ForAll(SampleVolumes.Any, volume =>
    {
        using var file = new MemoryStream();
        NrrdFile.Write(file, volume);
        file.Position = 0;
        var read = NrrdFile.Read(file);
        SampleVolumes.AssertSamePlace(volume.Geometry, read.Geometry, 1e-9);
        Assert.Equal(SampleVolumes.ValuesOf(volume), SampleVolumes.ValuesOf(read));
        if (volume.Rescale.IsIdentity)
        {
            Assert.Equal(volume.VoxelType, read.VoxelType);
            Assert.True(volume.Data.Span.SequenceEqual(read.Data.Span));
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Key_values_survive_a_round_trip()
    {
        var pairs = new Dictionary<string, string>
        {
            ["Segment0_Name"] = "liver: left := \"lobe\"", ["two\\n lines"] = "a\nb\\n c ", ["empty"] = "", ["é"] = "µ",
        };
        using var file = new MemoryStream();
        NrrdFile.Write(file, SampleVolumes.From(1), pairs);
        file.Position = 0;
        Assert.Equal(pairs, NrrdFile.ReadWithKeyValues(file).KeyValues);
    }

    [Theory]
    [InlineData("")]
    [InlineData("#comment")]
    [InlineData("a:=b")]
    [InlineData("space: ")]
    [InlineData("a\nb")]
    public void A_key_that_would_read_as_something_else_is_refused(string key) =>
        Assert.Throws<ArgumentException>(() => NrrdFile.Write(Stream.Null, SampleVolumes.From(1), [new(key, "x")]));

    [Fact]
    public void Segments_are_described_as_slicer_does()
    {
        var box = new VoxelBox(new Ijk(1, 2, 3), new Ijk(5, 6, 7));
        var pairs = SlicerSegment.KeyValues(
        [
            new("Segment_1", "tumour", 1, 0.5, 0, 1, box),
            new("Segment_2", "nothing", 0, 0, 1, 2, default),
        ]).ToDictionary();
        Assert.Equal("1 4 2 5 3 6", pairs["Segment0_Extent"]);
        Assert.Equal("1 0.5 0", pairs["Segment0_Color"]);
        Assert.Equal("tumour", pairs["Segment0_Name"]);
        Assert.Equal("2", pairs["Segment1_LabelValue"]);
        Assert.Equal("0 -1 0 -1 0 -1", pairs["Segment1_Extent"]);
    }

    [Fact]
    public void A_named_space_becomes_lps()
    {
        var geometry = Read(Plain).Geometry;
        Assert.Equal(new LpsPoint(-10, -20, 30), geometry.Origin);
        Assert.Equal(new LpsPoint(-11, -22, 33), geometry.ToLps(new VoxelPoint(1, 1, 1)));
    }

    [Fact]
    public void A_header_with_spacings_alone_lies_along_lps()
    {
        var geometry = Read(Changed("space directions: (1,0,0) (0,2,0) (0,0,3)", "spacings: 0.5 -2 3").Replace("space: RAS\n", "", StringComparison.Ordinal)).Geometry;
        Assert.Equal(new Spacing(0.5, 2, 3), geometry.Spacing);
        Assert.Equal(new LpsVector(0, -1, 0), geometry.Direction.JAxis);
    }

    [Fact]
    public void Axes_of_size_1_that_are_not_spatial_are_left_out()
    {
        var text = Plain.Replace("dimension: 3", "dimension: 4", StringComparison.Ordinal)
            .Replace("sizes: 2 2 2", "sizes: 1 2 2 2", StringComparison.Ordinal)
            .Replace("directions: ", "directions: none ", StringComparison.Ordinal);
        Assert.Equal(new VolumeSize(2, 2, 2), Read(text).Geometry.Size);
        var list = Refusal(text.Replace("sizes: 1 2 2 2", "sizes: 3 2 2 2", StringComparison.Ordinal));
        Assert.Contains("axis 0", list, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flat_image_becomes_one_slice()
    {
        var geometry = Read(Changed("(0,0,3)", "none").Replace("sizes: 2 2 2", "sizes: 4 2 1", StringComparison.Ordinal)).Geometry;
        Assert.Equal(new VolumeSize(4, 2, 1), geometry.Size);
        Assert.Equal(1, geometry.Direction.KAxis.S, 12);
    }

    [Theory]
    [InlineData("NRRD0005", "NRRD0006", "NRRD0001 to NRRD0005")]
    [InlineData("type: uint8", "type: block", "\"type\"")]
    [InlineData("type: uint8", "type: short", "\"endian\"")]
    [InlineData("dimension: 3", "dimension: 99999999999", "\"dimension\"")]
    [InlineData("dimension: 3", "dimension: 4", "4 axes, got 3")]
    [InlineData("space: RAS", "space: scanner-xyz", "scanner-xyz")]
    [InlineData("space: RAS", "space dimension: 3", "must name its space")]
    [InlineData("sizes: 2 2 2", "sizes: 2 0 2", "\"0\"")]
    [InlineData("sizes: 2 2 2", "sizes: 2 99999999999999999999 2", "\"sizes\"")]
    [InlineData("sizes: 2 2 2", "sizes: 30000 30000 2000", "2^40")]
    [InlineData("sizes: 2 2 2", "sizes: 30000 30000 1000", "are allowed")]
    [InlineData("(0,2,0)", "(0,2)", "three numbers")]
    [InlineData("(0,2,0)", "(0,nan,0)", "along J")]
    [InlineData("(0,2,0)", "(2,0,0)", "determinant")]
    [InlineData("(0,2,0)", "none", "not spatial")]
    [InlineData("(10,20,30)", "(10,20,inf)", "three numbers")]
    [InlineData("encoding: raw", "encoding: bzip2", "raw or gzip")]
    [InlineData("encoding: raw", "encoding: ascii", "raw or gzip")]
    [InlineData("encoding: raw", "encoding: raw\nencoding: raw", "once")]
    [InlineData("encoding: raw", "encoding: raw\nspace units: \"mm\" \"furlong\" \"mm\"", "furlong")]
    [InlineData("encoding: raw", "encoding: raw\nbyte skip: -2", "byte skip")]
    [InlineData("encoding: raw", "encoding: raw\nbyte skip: 9", "cut off")]
    [InlineData("encoding: raw", "encoding: raw\nline skip: 3", "line skip")]
    [InlineData("encoding: raw", "encoding: raw\ndata file: LIST", "one file")]
    [InlineData("encoding: raw", "encoding: raw\ndata file: slice%03d.raw 1 9 1", "one file")]
    [InlineData("encoding: raw", "encoding: raw\ndata file: other.raw", "another file")]
    [InlineData("encoding: raw", "encoding: raw\ncolour: blue", "no NRRD field")]
    [InlineData("encoding: raw", "encoding: raw\nnonsense", "header line")]
    [InlineData("encoding: raw", "kinds: domain domain domain", "\"encoding\"")]
    public void Each_fault_has_a_message_of_its_own(string right, string wrong, string expected)
    {
        var message = Refusal(Changed(right, wrong));
        Assert.True(message.Contains(expected, StringComparison.Ordinal), message);
    }

    [Fact]
    public void A_header_without_end_is_refused_at_the_limit()
    {
        var endless = new MemoryStream(Encoding.ASCII.GetBytes("NRRD0004\n" + new string('#', 5000)));
        var refusal = Assert.Throws<VolumeFormatException>(() => NrrdFile.Read(endless, new ReadLimits(MaxHeaderBytes: 1000)));
        Assert.Contains("1000 bytes", refusal.Message, StringComparison.Ordinal);
    }

    private static string Changed(string right, string wrong)
    {
        Assert.Contains(right, Plain, StringComparison.Ordinal);
        return Plain.Replace(right, wrong, StringComparison.Ordinal);
    }

    private static Volume Read(string header) =>
        NrrdFile.Read(new MemoryStream([.. Encoding.UTF8.GetBytes(header + "\n\n"), 0, 1, 2, 3, 4, 5, 6, 7]));

    private static string Refusal(string header) => Assert.Throws<VolumeFormatException>(() => Read(header)).Message;
}
