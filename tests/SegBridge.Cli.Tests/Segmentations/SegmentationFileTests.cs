using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Segmentations;
using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Cli.Tests.Segmentations;

public sealed class SegmentationFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("segbridge-segmentations-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_Slicer_file_gives_names_colours_and_codes_back()
    {
        var grid = VolumeGeometry.AxisAligned(new VolumeSize(6, 5, 4), new Spacing(1, 2, 3));
        SegmentMask[] segments =
        [
            new(DicomSegment.Of("left kidney", "") with { Colour = (10, 20, 30) }, new VolumeMask(grid.Size) { [new Ijk(1, 1, 1)] = true }),
            new(DicomSegment.Of("GTV", "SCT^108369006^Neoplasm") with { Colour = (200, 100, 0) }, new VolumeMask(grid.Size) { [new Ijk(5, 4, 3)] = true, [new Ijk(0, 0, 0)] = true }),
        ];
        LabelFile.Write(PathOf("a.seg.nrrd"), new Segmentation(grid, segments));
        var read = SegmentationFile.Read(PathOf("a.seg.nrrd"), null, CancellationToken.None);
        Assert.True(read.Grid.IsSameGridAs(grid));
        Assert.Equal(segments.Select(segment => segment.Segment), read.Segments.Select(segment => segment.Segment));
        Assert.Equal([1, 2], read.Segments.Select(segment => (int)segment.Mask.Count));
        Assert.True(read.Segments[1].Mask[new Ijk(5, 4, 3)]);
    }

    [Fact]
    public void Many_labels_take_two_bytes_and_an_image_is_no_label_file()
    {
        var grid = VolumeGeometry.AxisAligned(new VolumeSize(30, 20, 1), new Spacing(1, 1, 1));
        var segments = Enumerable.Range(0, 300)
            .Select(n => new SegmentMask(new DicomSegment("x"), new VolumeMask(grid.Size) { [new Ijk(n % 30, n / 30, 0)] = true })).ToArray();
        LabelFile.Write(PathOf("many.nii.gz"), new Segmentation(grid, segments));
        var read = LabelFile.Read(PathOf("many.nii.gz"));
        Assert.Equal("300", read.Segments[^1].Segment.Label);
        Assert.True(read.Segments[^1].Mask[new Ijk(29, 9, 0)]);
        VolumeFile.Write(PathOf("image.nii"), new Volume(grid, VoxelType.Int16, new Rescale(1, -1024), new byte[grid.Size.VoxelCount * 2]));
        Assert.Contains("no label file", Assert.Throws<UserException>(() => LabelFile.Read(PathOf("image.nii"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DICOM_without_its_images_or_without_voxels_is_refused()
    {
        var grid = VolumeGeometry.AxisAligned(new VolumeSize(3, 3, 3), new Spacing(1, 1, 1));
        var empty = new Segmentation(grid, [new(new DicomSegment("x"), new VolumeMask(grid.Size))]);
        Assert.Contains("--source", Assert.Throws<UserException>(
            () => SegmentationFile.Write(PathOf("a.dcm"), FileKind.Seg, empty, null, new DerivedObjectOptions())).Message, StringComparison.Ordinal);
        var source = new DicomSource(grid, [], [], []);
        Assert.Contains("nothing is segmented", Assert.Throws<UserException>(
            () => SegmentationFile.Write(PathOf("a.dcm"), FileKind.Seg, empty, source, new DerivedObjectOptions())).Message, StringComparison.Ordinal);
        Assert.Empty(_folder.GetFiles());
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
