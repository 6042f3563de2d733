using System.Text;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Tests.Formats;

public sealed class VolumeFileTests : IDisposable
{
    private const string Detached = "NRRD0005\ntype: uint8\ndimension: 3\nsizes: 2 1 1\nencoding: raw\ndata file: ";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("volume.nii")]
    [InlineData("volume.nii.gz")]
    [InlineData("volume.NRRD")]
    [InlineData("volume.seg.nrrd")]
    public void The_extension_picks_the_format_to_write_and_the_content_that_to_read(string name)
    {
        var volume = SampleVolumes.From(8, VoxelType.UInt16, rescale: Rescale.Identity);
        VolumeFile.Write(_folder[name], volume);
        File.Move(_folder[name], _folder["no extension"]);
        var read = VolumeFile.Read(_folder["no extension"]);
        Assert.True(volume.Data.Span.SequenceEqual(read.Data.Span));
        SampleVolumes.AssertSamePlace(volume.Geometry, read.Geometry, 1e-3);
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_stream_that_cannot_seek_reads_the_same()
    {
        var volume = SampleVolumes.From(9, VoxelType.Int16, rescale: Rescale.Identity);
        foreach (var compress in new[] { true, false })
        {
            using var file = new MemoryStream();
            NiftiFile.Write(file, volume, compress);
            var read = VolumeFile.Read(new ForwardOnlyStream(file.ToArray()), "upload");
            Assert.True(volume.Data.Span.SequenceEqual(read.Data.Span));
        }
    }

    [Fact]
    public void An_unknown_extension_is_refused_and_leaves_no_file()
    {
        var refusal = Assert.Throws<ArgumentException>(() => VolumeFile.Write(_folder["mask.mha"], SampleVolumes.From(1)));
        Assert.Contains(".nii.gz", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("a DICOM file", 132, "DICM")]
    [InlineData("a bzip2 archive", 3, "BZh")]
    [InlineData("a zip archive", 2, "PK")]
    [InlineData("starting with 74657874", 4, "text")]
    [InlineData("an empty file", 0, "")]
    public void A_file_of_another_kind_is_named(string expected, int length, string end)
    {
        var bytes = new byte[length];
        Encoding.ASCII.GetBytes(end).CopyTo(bytes, length - end.Length);
        var refusal = Assert.Throws<VolumeFormatException>(() => VolumeFile.Read(new MemoryStream(bytes), "thing"));
        Assert.StartsWith("thing: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_is_refused_at_once_alone_and_among_DICOM_files()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        System.Diagnostics.Process.Start("mkfifo", _folder["pipe.nii"]).WaitForExit();
        File.CreateSymbolicLink(_folder["link.nii"], _folder["pipe.nii"]);
        foreach (var name in (string[])["pipe.nii", "link.nii"])
        {
            var refusal = Assert.Throws<VolumeFormatException>(() => VolumeFile.Read(_folder[name]));
            Assert.StartsWith(name + ": an empty file, or a pipe", refusal.Message, StringComparison.Ordinal);
        }

        Assert.Equal(2, SegBridge.Imaging.Dicom.DicomFolder.Read(_folder.Path).Refused.Count);
    }

    [Fact]
    public void A_detached_header_finds_its_voxels_beside_it()
    {
        File.WriteAllBytes(_folder["voxels.raw"], [7, 9]);
        File.WriteAllText(_folder["header.nhdr"], Detached + "./voxels.raw\n");
        Assert.Equal(9f, VolumeFile.Read(_folder["header.nhdr"]).ValueAt(new Ijk(1, 0, 0)));
    }

    [Theory]
    [InlineData("../voxels.raw")]
    [InlineData("/etc/hostname")]
    [InlineData("folder/voxels.raw")]
    [InlineData("..")]
    [InlineData("C:voxels.raw")]
    [InlineData("..\\voxels.raw")]
    [InlineData("missing.raw")]
    [InlineData("link.raw")]
    public void A_detached_header_cannot_reach_out_of_its_folder(string name)
    {
        File.WriteAllBytes(_folder["voxels.raw"], [7, 9]);
        File.CreateSymbolicLink(_folder["link.raw"], _folder["voxels.raw"]);
        Directory.CreateDirectory(_folder["inner"]);
        File.CreateSymbolicLink(_folder["inner/link.raw"], _folder["voxels.raw"]);
        File.WriteAllText(_folder["inner/header.nhdr"], Detached + name + "\n");
        var refusal = Assert.Throws<VolumeFormatException>(() => VolumeFile.Read(_folder["inner/header.nhdr"]));
        Assert.Contains("data file", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pair.hdr")]
    [InlineData("pair.img")]
    public void Either_half_of_a_pair_leads_to_the_volume(string half)
    {
        var header = new NiftiBytes { Voxels = [] }.Byte(345, (byte)'i').Singles(108, 0);
        File.WriteAllBytes(_folder["pair.hdr"], header.File.ToArray());
        File.WriteAllBytes(_folder["pair.img"], [5, .. new byte[23]]);
        Assert.Equal(5f, VolumeFile.Read(_folder[half]).ValueAt(new Ijk(0, 0, 0)));
    }

    /// <summary>A network upload: no seeking, and reads that give less than was asked for.</summary>
    private sealed class ForwardOnlyStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 7));
    }
}
