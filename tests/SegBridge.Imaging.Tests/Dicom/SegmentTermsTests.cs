using SegBridge.Imaging.Dicom;

namespace SegBridge.Imaging.Tests.Dicom;

public sealed class SegmentTermsTests
{
    [Theory]
    [InlineData("liver", "10200004", "123037004", null)]
    [InlineData("Left Kidney", "64033007", "123037004", "7771000")]
    [InlineData("right_lung", "39607008", "123037004", "24028007")]
    [InlineData("Tumour", "108369006", "49755003", null)]
    [InlineData("Bone", "272673000", "85756007", null)]
    [InlineData("something else", "85756007", "85756007", null)]
    [InlineData("left something", "85756007", "85756007", null)]
    public void A_known_name_is_coded(string name, string type, string category, string? modifier)
    {
        var segment = DicomSegment.Of(name, "");
        Assert.Equal((name, type, category, modifier), (segment.Label, segment.Type.Value, segment.Category.Value, segment.TypeModifier?.Value));
    }

    [Fact]
    public void The_user_s_codes_win_and_one_code_brings_its_category()
    {
        var single = DicomSegment.Of("liver", "SCT^108369006^Neoplasm");
        Assert.Equal(("108369006", "49755003"), (single.Type.Value, single.Category.Value));
        Assert.Equal(single with { Label = "x" }, DicomSegment.Of("x", single.ToTerminology()));
        Assert.Equal(("1234", "Tissue"), (DicomSegment.Of("liver", "99X^1234^Own").Type.Value, DicomSegment.Of("liver", "99X^1234^Own").Category.Meaning));
        Assert.Equal(64, DicomSegment.Of(new string('a', 100), "").Label.Length);
        Assert.Equal("Segment", DicomSegment.Of(" ", "").Label);
        Assert.Equal("a b", DicomSegment.Of("a\\b", "").Label);
        Assert.Equal("Tissue", DicomSegment.Of("x", "SCT^1^a\\b").Type.Meaning);
    }
}
