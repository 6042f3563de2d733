using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Imaging.Tests.Dicom;

/// <summary>What objects refer to, when all that is known of the images is their headers.</summary>
public sealed class DicomSourceTests
{
    [Fact]
    public void Headers_without_pixels_in_any_order_say_what_the_series_says()
    {
        Seeded.ForAll(
            random =>
            {
                var volume = SyntheticSeries.Volume(random, Samples.Size(random, 12), sheared: random.Next(3) == 0);
                var whole = Assert.Single(DicomSeries.Group(SyntheticSeries.Classic(volume))).ToVolume().Source;
                var headers = SyntheticSeries.Classic(volume).Select(Header).OrderBy(_ => random.Next()).ToArray();
                var source = DicomSource.Of(headers, volume.Geometry);
                Assert.True(source.Grid.IsSameGridAs(whole.Grid));
                Assert.Equal(whole.Slices, source.Slices);
            },
            cases: 40);
    }

    [Fact]
    public void One_enhanced_header_stands_for_all_its_frames()
    {
        var volume = SyntheticSeries.Volume(new Random(2), new VolumeSize(7, 5, 4));
        var source = DicomSource.Of([Header(SyntheticSeries.Enhanced(volume))], volume.Geometry);
        Assert.True(source.Grid.IsSameGridAs(volume.Geometry));
        Assert.Equal([1, 2, 3, 4], source.Slices.Select(slice => slice.Frame!.Value));
    }

    [Fact]
    public void Segments_on_a_turned_grid_come_to_lie_on_the_images()
    {
        Seeded.ForAll(
            random =>
            {
                var volume = SyntheticSeries.Volume(random, Samples.Size(random, 9));
                var (grid, turned, back) = (volume.Geometry, TurnedGrids.Turn(volume.Geometry, random, out var map), new VolumeMask(volume.Geometry.Size));
                var source = DicomSource.Of([.. SyntheticSeries.Classic(volume).Select(Header)], turned);
                var mask = new VolumeMask(turned.Size);
                for (var n = 0; n < 10; n++)
                {
                    var voxel = new Ijk(random.Next(grid.Size.I), random.Next(grid.Size.J), random.Next(grid.Size.K));
                    (back[voxel], mask[map(voxel)]) = (true, true);
                }

                var placed = Assert.Single(source.Place([new SegmentMask(new DicomSegment("x"), mask)], turned)).Mask;
                Assert.Equal(back.Count, placed.Count);
                Assert.All(placed.Read(grid.Bounds).Voxels, voxel => Assert.True(back[voxel]));
            },
            cases: 60);
    }

    [Fact]
    public void Headers_that_are_not_of_the_volume_are_refused()
    {
        var volume = SyntheticSeries.Volume(new Random(2), new VolumeSize(7, 5, 6));
        var grid = volume.Geometry;
        DicomDataset[] headers = [.. SyntheticSeries.Classic(volume).Select(Header)];
        var elsewhere = new VolumeGeometry(grid.Size, grid.Spacing, grid.Direction, grid.Origin + (grid.Direction.IAxis * 0.3));
        var beside = Assert.Throws<VolumeFormatException>(() => DicomSource.Of(headers, elsewhere)).Message;
        Assert.Contains("none of the 6", beside, StringComparison.Ordinal);
        Assert.Contains("of a voxel beside those of the images", beside, StringComparison.Ordinal);
        Assert.Equal(DicomSeriesProblem.MissingSlices, Assert.Throws<DicomSeriesException>(() => DicomSource.Of([.. headers[..3], .. headers[4..]], grid)).Problem);
        Assert.Equal(DicomSeriesProblem.DuplicateSlices, Assert.Throws<DicomSeriesException>(() => DicomSource.Of([.. headers, headers[1]], grid)).Problem);
        var other = Header(SyntheticSeries.Slice(volume, 2, "1.2.3.4"));
        Assert.Contains("one series", Assert.Throws<VolumeFormatException>(() => DicomSource.Of([headers[0], other], grid)).Message, StringComparison.Ordinal);
        Assert.Throws<VolumeFormatException>(() => DicomSource.Of([], grid));
    }

    [Fact]
    public void Segments_beside_the_images_or_on_other_voxels_are_refused()
    {
        var volume = SyntheticSeries.Volume(new Random(2), new VolumeSize(7, 5, 4));
        var grid = volume.Geometry;
        var source = DicomSource.Of([.. SyntheticSeries.Classic(volume).Take(3).Select(Header)], grid);
        SegmentMask[] segments = [new(new DicomSegment("x"), new VolumeMask(grid.Size) { [new Ijk(1, 1, 3)] = true })];
        Assert.Throws<VolumeFormatException>(() => source.Place(segments, grid));
        var coarse = new VolumeGeometry(grid.Size, new Spacing(1, 1, 1), grid.Direction, grid.Origin);
        Assert.Throws<VolumeFormatException>(() => source.Place(segments, coarse));
    }

    [Fact]
    public void A_resampled_or_turned_volume_is_refused_by_what_is_different_about_it()
    {
        var volume = SyntheticSeries.Volume(new Random(2), new VolumeSize(8, 6, 4));
        var (grid, at) = (volume.Geometry, volume.Geometry.Direction);
        var (size, spacing) = (grid.Size, grid.Spacing);
        DicomDataset[] headers = [.. SyntheticSeries.Classic(volume).Select(Header)];
        var fine = new Spacing(spacing.I / 2, spacing.J / 2, spacing.K);
        var tilted = new Direction((at.IAxis * Math.Cos(0.1)) + (at.JAxis * Math.Sin(0.1)), (at.JAxis * Math.Cos(0.1)) + (at.IAxis * -Math.Sin(0.1)), at.KAxis);
        foreach (var (other, words) in new[]
        {
            // The first voxel's centre stays, or the field of view does; every second column; another angle; another place.
            (new VolumeGeometry(new VolumeSize((2 * size.I) - 1, (2 * size.J) - 1, size.K), fine, at, grid.Origin), "voxels of"),
            (new VolumeGeometry(new VolumeSize(2 * size.I, 2 * size.J, size.K), fine, at, grid.Origin + (at.IAxis * (-spacing.I / 4)) + (at.JAxis * (-spacing.J / 4))), "voxels of"),
            (new VolumeGeometry(new VolumeSize(size.I / 2, size.J, size.K), spacing with { I = 2 * spacing.I }, at, grid.Origin), "voxels of"),
            (new VolumeGeometry(size, spacing, tilted, grid.Origin), "turned by 5.73°"),
            (new VolumeGeometry(size, spacing, at, grid.Origin + (at.KAxis * (0.5 * spacing.K))), "0, 0 and"),
            (new VolumeGeometry(size, spacing, at, grid.Origin + (at.KAxis * (9 * spacing.K))), "all lie beside it"),
        })
        {
            SegmentMask[] segments = [new(new DicomSegment("x"), new VolumeMask(other.Size) { [new Ijk(1, 1, 1)] = true })];
            var refused = Assert.Throws<VolumeFormatException>(() => DicomSource.Of(headers, other).Place(segments, other)).Message;
            Assert.Contains(words, refused, StringComparison.Ordinal);
        }
    }

    private static DicomDataset Header(DicomDataset dataset)
    {
        DicomDataset header = [];
        foreach (var item in dataset.Where(item => item.Tag != DicomTag.PixelData))
        {
            header.Add(item);
        }

        return header;
    }
}
