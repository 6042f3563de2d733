using System.Security.Cryptography;
using System.Text.Json;
using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Tests.Formats;
using SegBridge.Imaging.Volumes;
using Xunit.Abstractions;

namespace SegBridge.Imaging.Tests.Dicom;

/// <summary>SEG and RTSTRUCT as others see them, and as they come back.</summary>
public sealed class DerivedObjectTests(ITestOutputHelper output) : IDisposable
{
    private static readonly SegmentationAlgorithm Algorithm = new("slice-2d", "1.1.0", "sha256:0123456789abcdef");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string SarcomaImages => Path.Combine(DicomReference.Data, "dicom", "ct_series_sts_026", "image");

    [DicomFact(needsPrograms: false)]
    public void The_contours_of_the_sarcoma_fill_the_reference_mask()
    {
        var roi = Assert.Single(DicomStructureSet.Create(DicomFile.Open(Path.Combine(SarcomaImages, "..", "mask", "RS.dcm")).Dataset).Rois);
        Assert.Equal(36, roi.Contours.Count);
        var reference = ReferenceLabel();
        var dice = Dice(DicomStructureSet.Rasterise(roi, reference.Geometry), MaskOf(reference, reference.Geometry));
        output.WriteLine($"Dice of the sarcoma's RTSTRUCT with the reference mask: {dice:F4}");
        Assert.InRange(dice, 0.95, 1);
    }

    [DicomFact]
    public void Segmentations_of_the_sarcoma_are_valid_and_the_same_to_others()
    {
        var source = Assert.Single(DicomFolder.Read(SarcomaImages).Series()).ToVolume().Source;
        var segments = SarcomaSegments(source);
        AssertSame(segments, SegmentationWriter.Binary(source, segments), SarcomaImages);
        AssertSame(segments, StructureSetWriter.Write(source, segments), SarcomaImages);

        var grid = source.Grid;
        var seg = DicomSegmentation.Create(DicomFile.Open(_folder["SEG.dcm"]).Dataset);
        var rois = DicomStructureSet.Create(DicomFile.Open(_folder["RTSTRUCT.dcm"]).Dataset).Rois;
        foreach (var (written, fromSeg, roi) in segments.Zip(seg.ToMasks(grid), rois))
        {
            Assert.Equal(written.Segment, fromSeg.Segment);
            Assert.Equal(1, Dice(written.Mask, fromSeg.Mask));
            Assert.Equal((written.Segment.Label, written.Segment.Type, written.Segment.Colour), (roi.Name, roi.Type, roi.Colour));
            Assert.Equal(1, Dice(written.Mask, DicomStructureSet.Rasterise(roi, grid)));
        }
    }

    [DicomFact]
    public void Probabilities_are_a_valid_fractional_segmentation()
    {
        var source = Assert.Single(DicomFolder.Read(SarcomaImages).Series()).ToVolume().Source;
        var box = new VoxelBox(new(50, 60, 10), new(90, 80, 14));
        var values = Enumerable.Range(0, (int)box.VoxelCount).Select(n => (byte)(n % 256)).ToArray();
        var segment = new DicomSegment("map") { Algorithm = Algorithm with { IsInteractive = false } };
        var file = SegmentationWriter.Fractional(source, [new(segment, box, values)]);
        var expected = new VolumeMask(source.Grid.Size);
        expected.Replace(BitBlock.FromVoxels(box, [.. values.Select(value => (byte)(value >= 128 ? 1 : 0))]));
        file.Save(_folder["FRACTIONAL.dcm"]);
        AssertValid(_folder["FRACTIONAL.dcm"]);
        var read = DicomSegmentation.Create(DicomFile.Open(_folder["FRACTIONAL.dcm"]).Dataset);
        Assert.True(read.IsFractional);
        Assert.Equal(1, Dice(expected, Assert.Single(read.ToMasks(source.Grid)).Mask));
        var again = SegmentProbabilities.Of(read.Segments[0], source.Grid.Size, read.ToProbabilities(0, source.Grid));
        Assert.Equal((box, segment), (again.Box, again.Segment));
        Assert.Equal(values, again.Values.ToArray());
    }

    [Fact]
    public void Probabilities_on_a_turned_grid_come_to_lie_on_the_images_and_fractions_of_other_steps_are_scaled()
    {
        Seeded.ForAll(
            random =>
            {
                var volume = SyntheticSeries.Volume(random, Samples.Size(random, 9));
                var source = Assert.Single(DicomSeries.Group(SyntheticSeries.Classic(volume))).ToVolume().Source;
                var (grid, turned) = (source.Grid, TurnedGrids.Turn(source.Grid, random, out var map));
                var (values, moved) = (new byte[grid.Size.VoxelCount], new byte[grid.Size.VoxelCount]);
                values[random.Next(values.Length)] = 255;
                foreach (var voxel in from k in Enumerable.Range(0, grid.Size.K) from j in Enumerable.Range(0, grid.Size.J) from i in Enumerable.Range(0, grid.Size.I) select new Ijk(i, j, k))
                {
                    var at = (((voxel.K * grid.Size.J) + voxel.J) * grid.Size.I) + voxel.I;
                    values[at] = random.Next(3) == 0 ? (byte)random.Next(256) : values[at];
                    var to = map(voxel);
                    moved[(((to.K * turned.Size.J) + to.J) * turned.Size.I) + to.I] = values[at];
                }

                var placed = source.Place([SegmentProbabilities.Of(new DicomSegment("x"), turned.Size, moved)], turned);
                var dataset = SegmentationWriter.Fractional(source, placed).Dataset;
                Assert.Equal(values, DicomSegmentation.Create(dataset).ToProbabilities(0, grid));
                dataset.Add(DicomTag.MaximumFractionalValue, 100);
                Assert.Equal(values.Select(value => (byte)Math.Round(Math.Min((int)value, 100) * 255 / 100.0)), DicomSegmentation.Create(dataset).ToProbabilities(0, grid));
                dataset.Add(DicomTag.MaximumFractionalValue, 0);
                Assert.Throws<VolumeFormatException>(() => DicomSegmentation.Create(dataset));
            },
            cases: 30);
    }

    [DicomFact]
    public void Objects_of_enhanced_and_oblique_images_are_valid_too()
    {
        var random = new Random(5);
        var volume = SyntheticSeries.Volume(random, new VolumeSize(37, 29, 6));
        var enhanced = Assert.Single(DicomSeries.Group([SyntheticSeries.Enhanced(volume)])).ToVolume().Source;
        Assert.Equal(6, enhanced.Slices[5].Frame);
        Directory.CreateDirectory(_folder["series"]);
        SyntheticSeries.Save(SyntheticSeries.Classic(volume), _folder["series"]);
        var classic = Assert.Single(DicomFolder.Read(_folder["series"]).Series()).ToVolume().Source;
        var segments = RandomSegments(random, volume.Geometry.Size);
        AssertSame(segments, SegmentationWriter.Binary(classic, segments), _folder["series"]);
        AssertSame(segments, StructureSetWriter.Write(classic, segments), _folder["series"]);
        foreach (var file in new[] { SegmentationWriter.Binary(enhanced, segments), StructureSetWriter.Write(enhanced, segments) })
        {
            file.Save(_folder["enhanced.dcm"]);
            AssertValid(_folder["enhanced.dcm"]);
        }
    }

    [DicomFact]
    public void Objects_on_interpolated_slices_are_valid_and_refer_to_the_images_beside_them()
    {
        var random = new Random(6);
        var slices = SyntheticSeries.Classic(SyntheticSeries.Volume(random, new VolumeSize(15, 11, 6))).OrderBy(slice => slice.GetInt(DicomTag.InstanceNumber)).ToArray();
        var kept = slices.Where((_, n) => n != 3);
        var source = Assert.Single(DicomSeries.Group(kept)).ToVolume(new DicomVolumeOptions { UnevenSlices = UnevenSlices.Resample }).Source;
        Assert.Equal((6, 0), (source.Grid.Size.K, source.Slices.Count));
        var segments = RandomSegments(random, source.Grid.Size);
        foreach (var file in new[] { SegmentationWriter.Binary(source, segments), StructureSetWriter.Write(source, segments) })
        {
            file.Save(_folder["between.dcm"]);
            AssertValid(_folder["between.dcm"]);
        }

        var frames = SegmentationWriter.Binary(source, segments).Dataset.GetSequence(DicomTag.PerFrameFunctionalGroupsSequence);
        string[][] referred = [.. frames.Select(frame => frame.GetItemOfSequence(DicomTag.DerivationImageSequence)!.GetSequence(DicomTag.SourceImageSequence)
            .Select(image => image.GetString(DicomTag.ReferencedSOPInstanceUID)).Order(StringComparer.Ordinal).ToArray())];
        string[] beside = [.. new[] { slices[2], slices[4] }.Select(slice => slice.GetString(DicomTag.SOPInstanceUID)).Order(StringComparer.Ordinal)];
        Assert.Contains(referred, images => images.SequenceEqual(beside));
        Assert.Contains(referred, images => images.Length == 1);
        Assert.DoesNotContain(referred, images => images.Length is 0 or > 2);
    }

    [Fact]
    public void Random_masks_come_back_from_both_objects_whatever_the_grid()
    {
        Seeded.ForAll(
            random =>
            {
                var volume = SyntheticSeries.Volume(random, Samples.Size(random, 20), sheared: random.Next(4) == 0);
                var source = Assert.Single(DicomSeries.Group(SyntheticSeries.Classic(volume))).ToVolume().Source;
                var segments = RandomSegments(random, volume.Geometry.Size);
                var seg = DicomSegmentation.Create(Reread(SegmentationWriter.Binary(source, segments)));
                var structures = DicomStructureSet.Create(Reread(StructureSetWriter.Write(source, segments)));
                Assert.Equal(segments.Select(segment => segment.Mask.Count), seg.ToMasks(volume.Geometry).Select(segment => segment.Mask.Count));
                foreach (var (written, read, roi) in segments.Zip(seg.ToMasks(volume.Geometry), structures.Rois))
                {
                    Assert.Equal(1, Dice(written.Mask, read.Mask));
                    Assert.Equal(1, Dice(written.Mask, DicomStructureSet.Rasterise(roi, volume.Geometry)));
                }
            },
            cases: 80);
    }

    [Fact]
    public void A_segmentation_lies_on_a_grid_whose_axes_run_the_other_way()
    {
        var volume = SyntheticSeries.Volume(new Random(3), new VolumeSize(9, 7, 4));
        var source = Assert.Single(DicomSeries.Group(SyntheticSeries.Classic(volume))).ToVolume().Source;
        var segments = RandomSegments(new Random(4), volume.Geometry.Size);
        var seg = DicomSegmentation.Create(Reread(SegmentationWriter.Binary(source, segments)));
        var (grid, direction) = (volume.Geometry, volume.Geometry.Direction);
        var turned = new VolumeGeometry(
            new VolumeSize(4, 9, 7), new Spacing(grid.Spacing.K, grid.Spacing.I, grid.Spacing.J),
            new Direction(direction.KAxis * -1, direction.IAxis, direction.JAxis * -1), grid.ToLps(new Ijk(0, 6, 3)));
        var (mask, read) = (segments[0].Mask, seg.ToMasks(turned)[0].Mask);
        Assert.Equal(mask.Count, read.Count);
        Assert.All(mask.Read(grid.Bounds).Voxels, voxel => Assert.True(read[new Ijk(3 - voxel.K, voxel.I, 6 - voxel.J)]));
        Assert.Throws<VolumeFormatException>(() => seg.ToMasks(new VolumeGeometry(grid.Size, new Spacing(1, 1, 1), direction, grid.Origin)));
    }

    [DicomFact]
    public void Segmentations_of_other_writers_are_the_same_masks_on_their_images_as_others_see()
    {
        (string[] Images, string Segmentation)[] cases =
        [
            (["seg_dcmqi/ct-3slice_01", "seg_dcmqi/ct-3slice_02", "seg_dcmqi/ct-3slice_03"], "seg_dcmqi/liver"),
            (["seg_dcmqi/ct-3slice_01", "seg_dcmqi/ct-3slice_02", "seg_dcmqi/ct-3slice_03"], "seg_dcmqi/partial_overlaps"),
            (["seg_highdicom/ct_image"], "seg_highdicom/seg_image_ct_binary_single_frame"),
        ];
        foreach (var (images, segmentation) in cases)
        {
            var folder = Directory.CreateDirectory(_folder[segmentation.Replace('/', '-')]).FullName;
            foreach (var image in images)
            {
                File.Copy(Sample(image), Path.Combine(folder, Path.GetFileName(Sample(image))));
            }

            var grid = Assert.Single(DicomFolder.Read(folder).Series()).ToVolume().Volume.Geometry;
            AssertSeen(DicomSegmentation.Create(DicomFile.Open(Sample(segmentation)).Dataset).ToMasks(grid), Sample(segmentation), folder);
        }
    }

    [DicomFact(needsPrograms: false)]
    public void Segmentations_of_other_writers_lie_on_a_grid_of_their_own_too()
    {
        foreach (var file in DicomReference.Samples("seg_highdicom").Where(file => Path.GetFileName(file).StartsWith("seg_", StringComparison.Ordinal)))
        {
            var dataset = DicomFile.Open(file).Dataset;
            var seg = DicomSegmentation.Create(dataset);
            var pixels = DicomPixelData.Create(dataset);
            var half = seg.IsFractional ? 128 : 1;
            var expected = Enumerable.Range(0, pixels.NumberOfFrames).Sum(n => pixels.GetFrame(n).Count(value => value >= half));
            Assert.Equal(expected, seg.ToMasks(seg.OwnGrid()).Sum(segment => segment.Mask.Count));
        }

        var liver = DicomSegmentation.Create(DicomFile.Open(Sample("seg_dcmqi/liver")).Dataset);
        Assert.Equal(new DicomCode("T-62000", "SRT", "Liver"), Assert.Single(liver.Segments).Type);
    }

    [Fact]
    public void Codes_come_from_the_terminology_entry_of_a_segment()
    {
        var segment = new DicomSegment("GTV").WithTerminology(
            "Segmentation category and type~SCT^49755003^Morphologically Altered Structure~SCT^86049000^Neoplasm, Primary~^^~Anatomic codes~SCT^68367000^Thigh~SCT^7771000^Left");
        Assert.Equal(new DicomCode("49755003", "SCT", "Morphologically Altered Structure"), segment.Category);
        Assert.Equal(("86049000", "68367000"), (segment.Type.Value, segment.AnatomicRegion!.Value));
        Assert.Null(segment.TypeModifier);
    }

    [Fact]
    public void An_empty_segmentation_and_masks_of_another_volume_are_refused()
    {
        var source = Assert.Single(DicomSeries.Group(SyntheticSeries.Classic(SyntheticSeries.Volume(new Random(1), new VolumeSize(3, 3, 3))))).ToVolume().Source;
        var segment = new DicomSegment("x");
        Assert.Throws<ArgumentException>(() => SegmentationWriter.Binary(source, [new(segment, new VolumeMask(new(3, 3, 3)))]));
        Assert.Throws<ArgumentException>(() => SegmentationWriter.Binary(source, [new(segment, new VolumeMask(new(3, 3, 2)))]));
        Assert.Throws<ArgumentException>(() => StructureSetWriter.Write(source, [new(segment, new VolumeMask(new(3, 3, 2)))]));
    }

    private void AssertSame(IReadOnlyList<SegmentMask> segments, DicomFile file, string images)
    {
        var path = _folder[file.Dataset.GetString(DicomTag.Modality) + ".dcm"];
        file.Save(path);
        AssertValid(path);
        AssertSeen(segments, path, images);
    }

    private static string Sample(string name) => Path.Combine(DicomReference.Data, "dicom", name + ".dcm");

    /// <summary>Compares with the masks that pydicom makes of a file, by its references to the images of a folder.</summary>
    private void AssertSeen(IReadOnlyList<SegmentMask> segments, string path, string images)
    {
        File.WriteAllText(_folder["masks.list"], JsonSerializer.Serialize(new[] { path, images }));
        var seen = DicomReference.Ask<SeenMask[]>(_folder, "masks", _folder["masks.list"]);
        Assert.Equal(segments.Select(segment => segment.Segment.Label), seen.Select(mask => mask.Label));
        foreach (var (segment, mask) in segments.Zip(seen))
        {
            var voxels = new byte[segment.Mask.Size.VoxelCount];
            segment.Mask.Read(segment.Mask.Size.Bounds).Unpack(voxels);
            Assert.Equal((segment.Mask.Count, Convert.ToHexStringLower(SHA256.HashData(voxels))), (mask.Count, mask.Sha256));
        }
    }

    private static void AssertValid(string path)
    {
        var (code, dump) = DicomReference.Run("dcmdump", "-q", path);
        Assert.True(code == 0, dump);
        var errors = DicomReference.Run("dciodvfy", path).Output.Split('\n').Where(line => line.StartsWith("Error", StringComparison.Ordinal)).ToArray();
        Assert.True(errors.Length == 0, string.Join('\n', errors));
    }

    private static SegmentMask[] SarcomaSegments(DicomSource source)
    {
        var tumour = MaskOf(ReferenceLabel(), source.Grid);
        var ring = new VolumeMask(tumour.Size);
        ring.Replace(BitBlock.FromVoxels(new VoxelBox(new(70, 70, 8), new(110, 101, 20)), [.. Enumerable.Range(0, 40 * 31 * 12).Select(n => (byte)(n % 7 == 0 ? 0 : 1))]));
        return
        [
            new(new DicomSegment("Tumour ä") { Type = new("86049000", "SCT", "Neoplasm, Primary"), Category = new("49755003", "SCT", "Morphologically Altered Structure"), Colour = (200, 30, 10), Algorithm = Algorithm }, tumour),
            new(new DicomSegment("Pierced") { Colour = (0, 90, 255), Algorithm = Algorithm }, ring),
        ];
    }

    private static SegmentMask[] RandomSegments(Random random, VolumeSize size) =>
    [
        .. Enumerable.Range(1, random.Next(1, 4)).Select(n =>
        {
            var mask = new VolumeMask(size);
            var voxels = new byte[size.VoxelCount];
            var density = random.Next(5, 96);
            for (var v = 0; v < voxels.Length; v++)
            {
                voxels[v] = (byte)(random.Next(100) < density ? 1 : 0);
            }

            voxels[random.Next(voxels.Length)] = 1;
            mask.Replace(BitBlock.FromVoxels(size.Bounds, voxels));
            return new SegmentMask(new DicomSegment($"segment {n}"), mask);
        }),
    ];

    private static Volume ReferenceLabel() => VolumeFile.Read(Path.Combine(DicomReference.Data, "open", "sts_tumour_ct", "labels", "STS_026.nii.gz"));

    /// <summary>A label volume on another grid of the same voxels.</summary>
    private static VolumeMask MaskOf(Volume label, VolumeGeometry grid)
    {
        var mask = new VolumeMask(grid.Size);
        var values = SampleVolumes.ValuesOf(label);
        var size = label.Geometry.Size;
        for (var n = 0; n < values.Length; n++)
        {
            if (values[n] != 0)
            {
                var voxel = new Ijk(n % size.I, n / size.I % size.J, n / (size.I * size.J));
                mask[grid.ToVoxel(label.Geometry.ToLps(voxel)).Nearest()] = true;
            }
        }

        return mask;
    }

    private static double Dice(VolumeMask a, VolumeMask b)
    {
        var common = a.Read(a.Size.Bounds).Voxels.Count(voxel => b[voxel]);
        return a.Count + b.Count == 0 ? 1 : 2.0 * common / (a.Count + b.Count);
    }

    private static DicomDataset Reread(DicomFile file)
    {
        var stream = new MemoryStream();
        file.Save(stream);
        stream.Position = 0;
        return DicomFile.Open(stream).Dataset;
    }

    private sealed record SeenMask(string Label, long Count, string Sha256, int Most);
}
