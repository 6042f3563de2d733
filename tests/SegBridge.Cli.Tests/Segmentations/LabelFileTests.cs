using SegBridge.Cli.Segmentations;
using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Cli.Tests.Segmentations;

public sealed class LabelFileTests
{
    [Theory]
    [InlineData("mask.nii.gz")]
    [InlineData("mask.nrrd")]
    [InlineData("mask.seg.nrrd")]
    public void Segments_become_labels_in_their_order_and_the_last_wins(string name)
    {
        var geometry = VolumeGeometry.AxisAligned(new VolumeSize(6, 5, 4), new Spacing(1, 2, 3));
        var (one, two) = (new VolumeMask(geometry.Size), new VolumeMask(geometry.Size));
        one[new Ijk(1, 1, 1)] = true;
        one[new Ijk(2, 1, 1)] = true;
        two[new Ijk(2, 1, 1)] = true;
        two[new Ijk(5, 4, 3)] = true;
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, name);
            var lost = LabelFile.Write(path, new Segmentation(geometry, [new(new DicomSegment("one"), one), new(new DicomSegment("two"), two)]));
            Assert.Equal(1, lost);
            var read = VolumeFile.Read(path);
            Assert.True(read.Geometry.IsSameGridAs(geometry));
            Assert.Equal(1, read.ValueAt(new Ijk(1, 1, 1)));
            Assert.Equal(2, read.ValueAt(new Ijk(2, 1, 1)));
            Assert.Equal(2, read.ValueAt(new Ijk(5, 4, 3)));
            Assert.Equal(0, read.ValueAt(new Ijk(0, 0, 0)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
