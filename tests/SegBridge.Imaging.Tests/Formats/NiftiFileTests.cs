using FsCheck;
using FsCheck.Fluent;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Tests.Formats;

public sealed class NiftiFileTests
{
    [Theory]
    [InlineData(1, true, 2e-4)]
    [InlineData(1, false, 2e-4)]
    [InlineData(2, true, 1e-9)]
    public void Any_volume_survives_a_round_trip(int version, bool compress, double toleranceMm) =>
        Prop.ForAll(SampleVolumes.Any, volume =>
        {
            using var file = new MemoryStream();
            NiftiFile.Write(file, volume, compress, version);
            file.Position = 0;
            var read = NiftiFile.Read(file);
            Assert.Equal(volume.VoxelType, read.VoxelType);
            Assert.Equal(volume.Rescale, read.Rescale);
            Assert.True(volume.Data.Span.SequenceEqual(read.Data.Span));
            SampleVolumes.AssertSamePlace(volume.Geometry, read.Geometry, toleranceMm);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_qform_says_the_same_as_the_sform() => Prop.ForAll(SampleVolumes.Any, volume =>
    {
        using var file = new MemoryStream();
        NiftiFile.Write(file, volume, compress: false);
        var bytes = file.ToArray();
        var hasQForm = bytes[252] == 1;
        Assert.Equal(volume.Geometry.Direction.IsOrthogonal(1e-5), hasQForm);
        if (hasQForm)
        {
            // Near a half turn, a = √(1 − b² − c² − d²) keeps but half the digits of 32-bit b, c, d: 3.5e-4 of it.
            bytes[254] = 0;
            SampleVolumes.AssertSamePlace(volume.Geometry, NiftiFile.Read(new MemoryStream(bytes)).Geometry, 2e-2);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Big_endian_voxels_and_header_read_the_same()
    {
        var little = NiftiFile.Read(new NiftiBytes { Voxels = Enumerable.Range(0, 24).Select(n => (byte)(n % 2 == 0 ? n : 0)).ToArray() }.File);
        var big = NiftiFile.Read(new NiftiBytes(bigEndian: true) { Voxels = Enumerable.Range(0, 24).Select(n => (byte)(n % 2 == 1 ? n - 1 : 0)).ToArray() }.File);
        Assert.Equal(little.Geometry, big.Geometry);
        Assert.Equal(SampleVolumes.ValuesOf(little), SampleVolumes.ValuesOf(big));
        Assert.Equal(22f, big.ValueAt(new Ijk(2, 1, 1)));
    }

    [Fact]
    public void Ras_becomes_lps()
    {
        var geometry = NiftiFile.Read(new NiftiBytes().File).Geometry;
        Assert.Equal(new LpsPoint(-10, -20, 30), geometry.Origin);
        Assert.Equal(new LpsPoint(-11, -22, 33), geometry.ToLps(new VoxelPoint(2, 1, 1)));
        Assert.Equal(new Spacing(0.5, 2, 3), geometry.Spacing);
    }

    [Fact]
    public void The_same_volume_gives_the_same_bytes_without_a_time_stamp()
    {
        var volume = SampleVolumes.From(3);
        using var first = new MemoryStream();
        using var second = new MemoryStream();
        NiftiFile.Write(first, volume);
        NiftiFile.Write(second, volume);
        Assert.Equal(first.ToArray(), second.ToArray());
        Assert.Equal(new byte[4], first.ToArray()[4..8]);
    }

    [Fact]
    public void An_axis_too_long_for_version_1_is_written_as_version_2()
    {
        var geometry = VolumeGeometry.AxisAligned(new VolumeSize(32768, 1, 1), new Spacing(1, 1, 1));
        var volume = new Volume(geometry, VoxelType.UInt8, Rescale.Identity, new byte[32768]);
        using var file = new MemoryStream();
        NiftiFile.Write(file, volume, compress: false);
        Assert.Equal(540, BitConverter.ToInt32(file.ToArray()));
        file.Position = 0;
        Assert.Equal(geometry.Size, NiftiFile.Read(file).Geometry.Size);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(float.NaN)]
    public void A_slope_of_zero_or_nan_means_none(float slope) =>
        Assert.Equal(Rescale.Identity, NiftiFile.Read(new NiftiBytes().Singles(112, slope, 7).File).Rescale);

    [Fact]
    public void A_pair_reads_its_voxels_from_the_second_file()
    {
        var header = new NiftiBytes().Byte(345, (byte)'i').Singles(108, 3);
        header.Voxels = [];
        var image = new byte[27];
        image[3] = 42;
        Assert.Equal(42f, NiftiFile.Read(header.File, image: new MemoryStream(image)).ValueAt(new Ijk(0, 0, 0)));
        Assert.Contains(".img", Refusal(header), StringComparison.Ordinal);
    }

    [Fact]
    public void Large_64_bit_integers_become_the_first_type_that_holds_them()
    {
        Assert.Equal(VoxelType.Int32, TypeOf(-5, int.MaxValue));
        Assert.Equal(VoxelType.UInt32, TypeOf(5, uint.MaxValue));
        Assert.Equal(VoxelType.Float32, TypeOf(-5, uint.MaxValue));

        static VoxelType TypeOf(long one, long other)
        {
            var voxels = new byte[96];
            BitConverter.TryWriteBytes(voxels, one);
            BitConverter.TryWriteBytes(voxels.AsSpan(88), other);
            var volume = NiftiFile.Read(new NiftiBytes { Voxels = voxels }.Shorts(70, 1024, 64).File);
            Assert.Equal((float)one, volume.ValueAt(new Ijk(0, 0, 0)));
            Assert.Equal((float)other, volume.ValueAt(new Ijk(2, 1, 1)));
            return volume.VoxelType;
        }
    }

    [Fact]
    public void Reals_of_64_bits_become_whole_numbers_only_where_that_keeps_more()
    {
        Assert.Equal(VoxelType.Float32, TypeOf(0.5));
        Assert.Equal(VoxelType.Float32, TypeOf(0.1));
        Assert.Equal(VoxelType.Int32, TypeOf(16777217));
        Assert.Contains("range of 32-bit", Refusal(FileOf(1e300)), StringComparison.Ordinal);

        static VoxelType TypeOf(double value)
        {
            var volume = NiftiFile.Read(FileOf(value).File);
            Assert.Equal((float)value, volume.ValueAt(new Ijk(0, 0, 0)));
            return volume.VoxelType;
        }

        static NiftiBytes FileOf(double value)
        {
            var voxels = new byte[96];
            BitConverter.TryWriteBytes(voxels, value);
            return new NiftiBytes { Voxels = voxels }.Shorts(70, 64, 64);
        }
    }

    public static TheoryData<string, string, Action<object>> Faults => new()
    {
        { "dim[4] is 20", "a true series", Change(b => b.Shorts(40, 4, 3, 2, 2, 20)) },
        { "dim[0]", "dimensions", Change(b => b.Shorts(40, 9)) },
        { "3×-2×2", "a negative extent", Change(b => b.Shorts(40, 3, 3, -2, 2)) },
        { "datatype", "complex numbers", Change(b => b.Shorts(70, 32)) },
        { "(colours)", "colours", Change(b => b.Shorts(70, 128)) },
        { "along J", "NaN in the sform", Change(b => b.Singles(300, float.NaN)) },
        { "along I", "a zero sform", Change(b => b.Singles(280, new float[12])) },
        { "determinant", "a flat sform", Change(b => b.Singles(280, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0)) },
        { "origin must be finite", "an infinite origin", Change(b => b.Singles(292, float.PositiveInfinity)) },
        { "b² + c² + d²", "a quaternion longer than 1", Change(b => b.Shorts(252, 1, 0).Singles(256, 1, 1, 0)) },
        { "vox_offset", "voxels inside the header", Change(b => b.Singles(108, 100)) },
        { "vox_offset", "voxels at half a byte", Change(b => b.Singles(108, 352.5f)) },
        { "vox_offset", "voxels at NaN", Change(b => b.Singles(108, float.NaN)) },
        { "scl_inter", "an infinite intercept", Change(b => b.Singles(112, 2, float.PositiveInfinity)) },
        { "xyzt_units", "an unknown unit", Change(b => b.Byte(123, 5)) },
        { "magic", "ANALYZE", Change(b => b.Byte(344, 0)) },
        { "cut off", "missing voxels", Change(b => b.Voxels = new byte[23]) },
        { "takes 1000000000000", "4 TB", Change(b => b.Shorts(40, 3, 10000, 10000, 5000)) },
        { "348 or 540", "no header", Change(b => b.Int(0, 349)) },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Each_fault_has_a_message_of_its_own(string expected, string fault, Action<object> change)
    {
        var bytes = new NiftiBytes();
        change(bytes);
        var message = Refusal(bytes);
        Assert.True(message.Contains(expected, StringComparison.Ordinal), $"{fault}: {message}");
    }

    [Fact]
    public void A_compressed_file_is_refused_when_cut_off_or_corrupt()
    {
        using var file = new MemoryStream();
        NiftiFile.Write(file, SampleVolumes.From(5, VoxelType.Int16));
        var bytes = file.ToArray();
        Assert.Throws<VolumeFormatException>(() => NiftiFile.Read(new MemoryStream(bytes[..(bytes.Length / 2)])));
        bytes[^6] ^= 1;
        var corrupt = Assert.Throws<VolumeFormatException>(() => NiftiFile.Read(new MemoryStream(bytes)));
        Assert.Contains("corrupt", corrupt.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_small_file_that_declares_gigabytes_allocates_little()
    {
        var bomb = new NiftiBytes().Shorts(40, 3, 1000, 1000, 1000).File;
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<VolumeFormatException>(() => NiftiFile.Read(bomb));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    private static Action<object> Change(Action<NiftiBytes> change) => bytes => change((NiftiBytes)bytes);

    private static string Refusal(NiftiBytes bytes) =>
        Assert.Throws<VolumeFormatException>(() => NiftiFile.Read(bytes.File)).Message;
}
