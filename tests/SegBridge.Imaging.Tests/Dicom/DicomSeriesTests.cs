using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Tests.Formats;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Tests.Dicom;

/// <summary>Series become volumes with every voxel at its place, or are refused with the reason.</summary>
public sealed class DicomSeriesTests : IDisposable
{
    private static readonly VolumeSize Size = new(7, 5, 9);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [DicomFact]
    public void The_sarcoma_series_is_the_volume_that_pydicom_makes_of_it()
    {
        var folder = Path.Combine(DicomReference.Data, "dicom", "ct_series_sts_026", "image");
        var expected = DicomReference.Ask<ReferenceVolume>(_folder, "volume", folder);
        var series = Assert.Single(DicomFolder.Read(folder).Series());
        var made = series.ToVolume();

        var (size, geometry) = (made.Volume.Geometry.Size, made.Volume.Geometry);
        Assert.Equal(new VolumeSize(expected.Size[0], expected.Size[1], expected.Size[2]), size);
        Assert.Equal(expected.Sha256, Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(SampleVolumes.ValuesOf(made.Volume).AsSpan()))));
        LpsVector[] steps = [.. expected.Steps.Select(step => new LpsVector(step[0], step[1], step[2]))];
        var reference = new GridSteps(steps[0], steps[1], steps[2], new LpsPoint(expected.Origin[0], expected.Origin[1], expected.Origin[2]));
        Assert.True(geometry.IsSameGridAs(reference.ToGeometry(size, "pydicom"), 1e-6));
        Assert.Equal((52, Modality.CT), (made.Source.Slices.Count, made.Modality));
        Assert.Equal(52, made.Source.Slices.Distinct().Count());
    }

    [Fact]
    public void What_is_written_slice_by_slice_comes_back_voxel_by_voxel_whatever_the_grid_and_the_order()
    {
        Seeded.ForAll(
            random =>
            {
                var volume = SyntheticSeries.Volume(random, Samples.Size(random, 9) with { K = random.Next(2, 9) }, sheared: random.Next(3) == 0);
                var slices = SyntheticSeries.Classic(volume).OrderBy(_ => random.Next()).Select(Reread).ToArray();
                AssertSame(volume, ToVolume(slices).Volume);
                AssertSame(volume, ToVolume(Reread(SyntheticSeries.Enhanced(volume))).Volume);
            },
            cases: 60);
    }

    [Fact]
    public void Files_of_a_folder_are_read_the_same_way()
    {
        var volume = SyntheticSeries.Volume(new Random(1), new VolumeSize(200, 180, 6));
        SyntheticSeries.Save(SyntheticSeries.Classic(volume), _folder.Path);
        File.WriteAllText(_folder["notes.txt"], "no image");
        var read = DicomFolder.Read(_folder.Path);
        AssertSame(volume, Assert.Single(read.Series()).ToVolume().Volume);
        Assert.StartsWith("\"notes.txt\": not a DICOM file", Assert.Single(read.Refused), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_slice_is_named_and_interpolated_only_on_request()
    {
        var volume = SyntheticSeries.Volume(new Random(2), Size);
        var slices = SyntheticSeries.Classic(volume).Where((_, k) => k is not (3 or 4)).ToArray();
        var refused = Assert.Throws<DicomSeriesException>(() => ToVolume(slices));
        Assert.Equal(DicomSeriesProblem.MissingSlices, refused.Problem);
        Assert.Contains("2 slices are missing: 7.5 mm between slices 3 and 4", refused.Message, StringComparison.Ordinal);

        var made = ToVolume(new DicomVolumeOptions { UnevenSlices = UnevenSlices.Resample }, slices);
        Assert.True(volume.Geometry.IsSameGridAs(made.Volume.Geometry));
        Assert.Empty(made.Source.Slices);
        var between = (volume.ValueAt(new(3, 2, 2)) * 2 / 3) + (volume.ValueAt(new(3, 2, 5)) / 3);
        Assert.Equal(between, made.Volume.ValueAt(new(3, 2, 3)), 0.51);
        Assert.Equal(volume.ValueAt(new(6, 4, 8)), made.Volume.ValueAt(new(6, 4, 8)));
    }

    [Fact]
    public void Slices_twice_as_far_apart_as_they_say_are_noted()
    {
        var slices = SyntheticSeries.Classic(SyntheticSeries.Volume(new Random(20), Size));
        Assert.Empty(ToVolume(slices).Notes);
        Assert.Contains("5 mm apart, but the file says 2.5 mm", Assert.Single(ToVolume([.. slices.Where((_, k) => k % 2 == 0)]).Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Uneven_distances_and_shifted_slices_are_refused()
    {
        var volume = SyntheticSeries.Volume(new Random(3), Size);
        var slices = SyntheticSeries.Classic(volume);
        Move(slices[4], volume.Geometry.Direction.KAxis * 0.9);
        Assert.Equal(DicomSeriesProblem.UnevenSpacing, Assert.Throws<DicomSeriesException>(() => ToVolume(slices)).Problem);

        slices = SyntheticSeries.Classic(volume);
        Move(slices[4], volume.Geometry.Direction.IAxis * 3);
        Assert.Equal(DicomSeriesProblem.NotAligned, Assert.Throws<DicomSeriesException>(() => ToVolume(slices)).Problem);
    }

    [Fact]
    public void Slices_at_one_place_are_told_apart_by_what_differs_or_refused()
    {
        var (early, late) = (SyntheticSeries.Volume(new Random(4), Size), SyntheticSeries.Volume(new Random(5), Size));
        late = new Volume(early.Geometry, late.VoxelType, late.Rescale, late.Data);
        var first = SyntheticSeries.Classic(early);
        var second = SyntheticSeries.Classic(late).Select((slice, k) => With(slice, DicomTag.SOPInstanceUID, $"1.2.3.{k + 1}")).ToArray();
        Assert.Equal(DicomSeriesProblem.DuplicateSlices, Assert.Throws<DicomSeriesException>(() => ToVolume([.. first, .. second])).Problem);

        foreach (var slice in second)
        {
            slice.Add(DicomTag.AcquisitionNumber, 2);
        }

        var refused = Assert.Throws<DicomSeriesException>(() => ToVolume([.. first, .. second]));
        Assert.Equal((DicomSeriesProblem.SeveralStacks, 2), (refused.Problem, refused.Stacks.Count));
        Assert.Contains("acquisition 2", refused.Message, StringComparison.Ordinal);
        AssertSame(late, ToVolume(new DicomVolumeOptions { Stack = 1 }, [.. first, .. second]).Volume);
        Assert.Throws<DicomSeriesException>(() => ToVolume(new DicomVolumeOptions { Stack = 2 }, [.. first, .. second]));
    }

    [Fact]
    public void Two_echoes_between_each_other_are_never_mixed()
    {
        var slices = SyntheticSeries.Classic(SyntheticSeries.Volume(new Random(6), Size));
        for (var k = 0; k < slices.Length; k++)
        {
            slices[k].Add(DicomTag.EchoTime, k % 2 == 0 ? 10.0 : 80.0);
        }

        var refused = Assert.Throws<DicomSeriesException>(() => ToVolume(slices));
        Assert.Equal(DicomSeriesProblem.SeveralStacks, refused.Problem);
        Assert.Contains("echo time 80", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Time_points_of_an_enhanced_image_are_a_choice()
    {
        var volume = SyntheticSeries.Volume(new Random(17), Size);
        var twice = new Volume(
            new VolumeGeometry(Size with { K = 2 * Size.K }, volume.Geometry.Spacing, volume.Geometry.Direction, volume.Geometry.Origin),
            volume.VoxelType, volume.Rescale, new byte[volume.Data.Length].Concat(volume.Data.ToArray()).ToArray());
        var enhanced = SyntheticSeries.Enhanced(twice);
        var frames = enhanced.GetSequence(DicomTag.PerFrameFunctionalGroupsSequence);
        for (var n = 0; n < frames.Count; n++)
        {
            DicomDataset content = [];
            content.Add(DicomTag.TemporalPositionIndex, 1 + (n / Size.K));
            frames[n].Add(DicomTag.FrameContentSequence, content);
            frames[n].Add(DicomTag.PlanePositionSequence, frames[n % Size.K].GetSequence(DicomTag.PlanePositionSequence));
        }

        var refused = Assert.Throws<DicomSeriesException>(() => ToVolume(Reread(enhanced)));
        Assert.Contains("time point 2", refused.Message, StringComparison.Ordinal);
        AssertSame(volume, ToVolume(new DicomVolumeOptions { Stack = 1 }, Reread(enhanced)).Volume);
    }

    [Fact]
    public void A_series_with_a_malformed_image_is_refused_rather_than_cut()
    {
        var slices = SyntheticSeries.Classic(SyntheticSeries.Volume(new Random(18), Size));
        slices[^1].Add(DicomTag.PixelSpacing, "");
        Assert.StartsWith("1 of the series' images are malformed", Assert.Throws<VolumeFormatException>(() => ToVolume(slices)).Message, StringComparison.Ordinal);
        slices[^1].Add(DicomTag.PixelSpacing, 0.9, 0.7);
        slices[2].Add(DicomTag.HighBit, 12);
        Assert.Contains("high bit", Assert.Throws<VolumeFormatException>(() => ToVolume(slices)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_image_twice_and_localisers_are_left_out_with_a_note()
    {
        var volume = SyntheticSeries.Volume(new Random(7), Size);
        var slices = SyntheticSeries.Classic(volume);
        var localiser = SyntheticSeries.Slice(SyntheticSeries.Volume(new Random(8), Size), 0);
        localiser.Add(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "LOCALIZER");
        localiser.Add(DicomTag.SOPInstanceUID, "1.2.3");
        var made = ToVolume([.. slices, slices[2], localiser]);
        AssertSame(volume, made.Volume);
        Assert.Contains(made.Notes, note => note.Contains("came twice", StringComparison.Ordinal));
        Assert.Contains(made.Notes, note => note.Contains("1 localiser", StringComparison.Ordinal));
    }

    [Fact]
    public void Two_orientations_in_one_series_are_a_choice()
    {
        var (one, other) = (SyntheticSeries.Volume(new Random(9), Size), SyntheticSeries.Volume(new Random(10), Size with { K = 4 }));
        var second = SyntheticSeries.Classic(other).Select((slice, k) => With(slice, DicomTag.SOPInstanceUID, $"1.2.3.{k + 1}"));
        DicomDataset[] all = [.. second, .. SyntheticSeries.Classic(one)];
        Assert.Equal(DicomSeriesProblem.SeveralStacks, Assert.Throws<DicomSeriesException>(() => ToVolume(all)).Problem);
        AssertSame(one, ToVolume(new DicomVolumeOptions { Stack = 0 }, all).Volume);
        AssertSame(other, ToVolume(new DicomVolumeOptions { Stack = 1 }, all).Volume);
    }

    [Fact]
    public void A_tilted_gantry_is_kept_as_shear_resampled_or_refused()
    {
        var sheared = SyntheticSeries.Volume(new Random(11), new VolumeSize(24, 40, 12), sheared: true).Geometry;
        // A plane wave is the same wherever it is sampled, up to interpolation.
        var voxels = new short[sheared.Size.VoxelCount];
        float Wave(LpsPoint at) => (float)(1000 * Math.Sin(((at.L * 0.5) + at.P + (at.S * 0.7)) / 9));
        for (var n = 0; n < voxels.Length; n++)
        {
            voxels[n] = (short)Wave(sheared.ToLps(new Ijk(n % 24, n / 24 % 40, n / 960)));
        }

        var volume = new Volume(sheared, VoxelType.Int16, Rescale.Identity, MemoryMarshal.AsBytes(voxels.AsSpan()).ToArray());
        var slices = SyntheticSeries.Classic(volume);
        AssertSame(volume, ToVolume(slices).Volume);
        Assert.Equal(
            DicomSeriesProblem.GantryTilt,
            Assert.Throws<DicomSeriesException>(() => ToVolume(new DicomVolumeOptions { GantryTilt = GantryTilt.Refuse }, slices)).Problem);

        var upright = ToVolume(new DicomVolumeOptions { GantryTilt = GantryTilt.Resample }, slices).Volume;
        Assert.True(upright.Geometry.Direction.IsOrthogonal());
        var compared = 0;
        for (var n = 0; n < upright.Geometry.Size.VoxelCount; n++)
        {
            var size = upright.Geometry.Size;
            var voxel = new Ijk(n % size.I, n / size.I % size.J, n / (size.I * size.J));
            var source = sheared.ToVoxel(upright.Geometry.ToLps(voxel));
            if (source is { I: >= 0 and <= 23, J: >= 0 and <= 39 })
            {
                Assert.Equal(Wave(upright.Geometry.ToLps(voxel)), upright.ValueAt(voxel), 8.0);
                compared++;
            }
        }

        Assert.True(compared > 24 * 35 * 12, $"only {compared} voxels compared");
    }

    [Fact]
    public void Slices_with_their_own_slopes_become_real_values()
    {
        var volume = SyntheticSeries.Volume(new Random(12), Size);
        var slices = SyntheticSeries.Classic(volume);
        for (var k = 0; k < slices.Length; k++)
        {
            slices[k].Add(DicomTag.RescaleSlope, 0.5 + k);
            slices[k].Add(DicomTag.RescaleIntercept, 0.0);
        }

        var made = ToVolume(slices).Volume;
        Assert.Equal(VoxelType.Float32, made.VoxelType);
        var stored = volume.ValueAt(new(4, 3, 6)) + 1024;
        Assert.Equal(6.5f * stored, made.ValueAt(new(4, 3, 6)));
    }

    [Fact]
    public void Bits_beyond_those_stored_are_dropped_and_signs_extended()
    {
        var slice = SyntheticSeries.Slice(SyntheticSeries.Volume(new Random(13), new VolumeSize(2, 1, 1)), 0);
        slice.Add(DicomTag.BitsStored, 12);
        slice.Add(DicomTag.HighBit, 11);
        slice.Add(DicomTag.PixelPaddingValue, 0xF800);
        SyntheticSeries.SetPixels(slice, [0xFF, 0x5F, 0x01, 0xF0]);
        var made = ToVolume(slice);
        Assert.Equal((-1025f, -1023f), (made.Volume.ValueAt(new(0, 0, 0)), made.Volume.ValueAt(new(1, 0, 0))));
        Assert.Equal(-2048 - 1024, made.PaddingValue);

        slice.Add(DicomTag.PixelRepresentation, 0);
        Assert.Equal(4095 - 1024, ToVolume(slice).Volume.ValueAt(new(0, 0, 0)));
    }

    [Fact]
    public void The_SUV_factor_follows_dose_decay_and_weight()
    {
        var slice = SyntheticSeries.Slice(SyntheticSeries.Volume(new Random(14), new VolumeSize(2, 2, 1)), 0);
        slice.Add(DicomTag.Modality, "PT");
        slice.Add(DicomTag.Units, "BQML");
        slice.Add(DicomTag.DecayCorrection, "START");
        slice.Add(DicomTag.SeriesDate, "20200101");
        slice.Add(DicomTag.SeriesTime, "130000.00");
        slice.Add(DicomTag.PatientWeight, 70.0);
        Assert.Null(ToVolume(slice).SuvFactor);
        DicomDataset injection = [];
        injection.Add(DicomTag.RadionuclideTotalDose, 4e8);
        injection.Add(DicomTag.RadionuclideHalfLife, 3600.0);
        injection.Add(DicomTag.RadiopharmaceuticalStartTime, "120000");
        slice.Add(DicomTag.RadiopharmaceuticalInformationSequence, injection);
        Assert.Equal(70_000 / 2e8, ToVolume(slice).SuvFactor!.Value, 1e-12);
    }

    [Fact]
    public void Colour_images_and_images_without_a_place_are_refused_with_a_reason()
    {
        var slice = SyntheticSeries.Slice(SyntheticSeries.Volume(new Random(15), new VolumeSize(2, 2, 1)), 0);
        slice.Add(DicomTag.SamplesPerPixel, 3);
        SyntheticSeries.SetPixels(slice, new byte[24]);
        Assert.Contains("in colour", Assert.Throws<VolumeFormatException>(() => ToVolume(slice)).Message, StringComparison.Ordinal);

        slice.Add(DicomTag.ImagePositionPatient, "");
        Assert.Equal(DicomSeriesProblem.NoImages, Assert.Throws<DicomSeriesException>(() => ToVolume(slice)).Problem);
    }

    [Fact]
    public void More_frames_than_there_are_pixels_for_are_refused_before_anything_is_made_for_them()
    {
        var enhanced = SyntheticSeries.Enhanced(SyntheticSeries.Volume(new Random(19), Size));
        enhanced.Add(DicomTag.NumberOfFrames, int.MaxValue);
        var refused = Assert.Throws<VolumeFormatException>(() => ToVolume(enhanced));
        Assert.Contains("the pixel data is cut off", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_volume_beyond_the_limit_is_refused_before_it_is_made()
    {
        var slices = SyntheticSeries.Classic(SyntheticSeries.Volume(new Random(16), Size));
        var series = DicomSeries.Group(slices, new DicomReadLimits { MaxPixelBytes = 600 });
        Assert.Contains("at most 600", Assert.Throws<VolumeFormatException>(() => series[0].ToVolume()).Message, StringComparison.Ordinal);
    }

    private static DicomVolume ToVolume(params DicomDataset[] slices) => ToVolume(null, slices);

    private static DicomVolume ToVolume(DicomVolumeOptions? options, params DicomDataset[] slices) =>
        Assert.Single(DicomSeries.Group(slices)).ToVolume(options);

    private static DicomDataset Reread(DicomDataset dataset)
    {
        var stream = new MemoryStream();
        new DicomFile(dataset).Save(stream);
        stream.Position = 0;
        return DicomFile.Open(stream).Dataset;
    }

    private static DicomDataset With(DicomDataset dataset, DicomTag tag, string value)
    {
        dataset.Add(tag, value);
        return dataset;
    }

    private static void Move(DicomDataset slice, LpsVector by)
    {
        var at = slice.GetDoubles(DicomTag.ImagePositionPatient);
        slice.Add(DicomTag.ImagePositionPatient, SyntheticSeries.Text(new LpsPoint(at[0], at[1], at[2]) + by));
    }

    private static void AssertSame(Volume expected, Volume actual)
    {
        // Directions in 16 characters keep about 13 digits.
        Assert.True(expected.Geometry.IsSameGridAs(actual.Geometry, 1e-6), $"{actual.Geometry} must be {expected.Geometry}");
        Assert.Equal((expected.VoxelType, expected.Rescale), (actual.VoxelType, actual.Rescale));
        Assert.True(expected.Data.Span.SequenceEqual(actual.Data.Span), "voxels differ");
    }

    private sealed record ReferenceVolume(int[] Size, string Sha256, double[] Origin, double[][] Steps);
}
