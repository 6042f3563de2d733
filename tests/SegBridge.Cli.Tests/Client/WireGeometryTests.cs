using SegBridge.Cli.Client;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Cli.Tests.Client;

public sealed class WireGeometryTests
{
    [Fact]
    public void Sizes_boxes_and_bricks_come_back_as_they_went()
    {
        var box = new VoxelBox(new Ijk(1, 2, 3), new Ijk(40, 50, 60));
        Assert.Equal(box, box.ToWire().FromWire());
        Assert.Equal(new VolumeSize(4, 5, 6), new VolumeSize(4, 5, 6).ToWire().FromWire());
        Assert.Equal(new BrickIndex(7, 8, 9), new BrickIndex(7, 8, 9).ToWire().FromWire());
    }

    [Fact]
    public void Every_voxel_type_has_a_name_on_the_wire() =>
        Assert.Equal(
            ["Uint8", "Int8", "Uint16", "Int16", "Uint32", "Int32", "Float32"], Enum.GetValues<VoxelType>().Select(type => type.ToWire().ToString()));

    [Fact]
    public void A_mask_comes_back_with_the_same_voxels()
    {
        var block = new BitBlock(new VoxelBox(new Ijk(5, 5, 5), new Ijk(40, 30, 9)));
        foreach (var voxel in new[] { new Ijk(6, 7, 8), new Ijk(30, 29, 5), new Ijk(13, 14, 6) })
        {
            block[voxel] = true;
        }

        var back = block.ToWire().FromWire();
        Assert.Equal(block.BoundingBox, back.Box);
        Assert.True(back.Crop(block.Box).Bits.SequenceEqual(block.Bits));
        Assert.True(((V1.MaskRegion?)null).FromWire().Box.IsEmpty);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("")]
    public void A_fingerprint_that_is_none_is_refused(string text) =>
        Assert.Contains("64 hexadecimal digits", Assert.Throws<UserException>(() => CertificatePin.Of(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_fingerprint_may_have_colons() => Assert.NotNull(CertificatePin.Of(string.Join(':', Enumerable.Repeat("AB", 32))));
}
