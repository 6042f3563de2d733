using System.Globalization;
using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Tests.Formats;
using Xunit.Abstractions;

namespace SegBridge.Imaging.Tests.Dicom;

/// <summary>
/// Damaged files of every kind: each is read, with all that can be made of it, or refused, within the memory that was
/// allowed. SEGBRIDGE_DICOM_MUTATIONS asks for more of them than the usual few thousand.
/// </summary>
public sealed class DamagedDicomTests(ITestOutputHelper output)
{
    private const int UsualCount = 2000;
    private const int HeaderBytes = 4000;

    private static readonly DicomReadLimits Limits = new()
    {
        MaxPixelBytes = 2 << 20,
        MaxValueBytes = 1 << 20,
        MaxInflatedBytes = 2 << 20,
        MaxElements = 20_000,
        UseExternalDecoder = false,
    };

    [Fact]
    public Task Damaged_files_made_here_are_read_or_refused_within_the_limits()
    {
        var volume = SyntheticSeries.Volume(new Random(1), new VolumeSize(8, 6, 3));
        var series = DicomSeries.Group(SyntheticSeries.Classic(volume))[0].ToVolume().Source;
        var mask = new Imaging.Masks.VolumeMask(volume.Geometry.Size) { [new Ijk(1, 2, 1)] = true };
        SegmentMask[] segments = [new(new DicomSegment("x"), mask)];
        DicomFile[] files =
        [
            new(SyntheticSeries.Slice(volume, 0)), new(SyntheticSeries.Enhanced(volume)),
            SegmentationWriter.Binary(series, segments), StructureSetWriter.Write(series, segments),
            SegmentationWriter.Fractional(series, [new(segments[0].Segment, new(new(1, 1, 0), new(3, 2, 1)), new byte[] { 9, 200 })]),
        ];
        return Run([.. files.Select(Bytes)], CountOr(UsualCount / 2));
    }

    [DicomFact(needsPrograms: false)]
    public Task Damaged_samples_are_read_or_refused_within_the_limits() =>
        Run([.. DicomReference.Samples("").Select(File.ReadAllBytes)], CountOr(UsualCount));

    private async Task Run(byte[][] seeds, int count)
    {
        var current = 0;
        var refused = 0;
        var most = 0L;
        var work = Task.Factory.StartNew(
            () =>
            {
                for (; current < count; current++)
                {
                    var random = new Random(current);
                    var bytes = Mutation.Of(seeds[current % seeds.Length], random, HeaderBytes);
                    var before = GC.GetAllocatedBytesForCurrentThread();
                    refused += IsRead(bytes, current) ? 0 : 1;
                    var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                    most = Math.Max(most, allocated);
                    // Elements take some fifty bytes in memory for each in the file; pixels are held a few times over.
                    Assert.True(allocated < (64L * bytes.Length) + (16 * Limits.MaxPixelBytes), $"file {current} of {bytes.Length} bytes: {allocated} bytes allocated");
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            // Not a speed limit: it only turns an endless loop into a failure that names the file.
            await work.WaitAsync(TimeSpan.FromMinutes(3 + (count / 2000)));
        }
        catch (TimeoutException)
        {
            Assert.Fail($"file {current} never ended");
        }

        output.WriteLine($"{count} damaged files, {refused} refused, at most {most} bytes allocated for one, {Environment.WorkingSet >> 20} MiB in memory");
        Assert.InRange(refused, count / 20, count - 1);
    }

    private static bool IsRead(byte[] bytes, int number)
    {
        try
        {
            Use(DicomFile.Open(new MemoryStream(bytes), Limits).Dataset);
            return true;
        }
        catch (Exception e) when (e is VolumeFormatException or DicomSeriesException)
        {
            Assert.InRange(e.Message.Length, 20, 2000);
            return false;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"file {number}", e);
        }
    }

    /// <summary>Everything that the product does with a file.</summary>
    private static void Use(DicomDataset dataset)
    {
        foreach (var item in dataset)
        {
            dataset.GetStrings(item.Tag);
        }

        DicomStructureSet.Create(dataset).Rois.ToList().ForEach(roi => DicomStructureSet.Rasterise(roi, Grid));
        if (dataset.Contains(DicomTag.SegmentSequence))
        {
            var seg = DicomSegmentation.Create(dataset, Limits);
            seg.ToMasks(seg.OwnGrid());
            if (seg.IsFractional)
            {
                seg.ToProbabilities(0, seg.OwnGrid());
            }
        }

        if (dataset.Contains(DicomTag.PixelData))
        {
            var pixels = DicomPixelData.Create(dataset, Limits);
            pixels.GetFrame(0);
            pixels.GetFrame(Math.Min(2, pixels.NumberOfFrames - 1));
            DicomSeries.Group([dataset], Limits)[0].ToVolume(new DicomVolumeOptions { Stack = 0, UnevenSlices = UnevenSlices.Resample, GantryTilt = GantryTilt.Resample });
        }
    }

    private static VolumeGeometry Grid { get; } = new(
        new VolumeSize(60, 60, 10), new Spacing(3, 3, 5), Direction.Identity, new LpsPoint(-50, -100, -850));

    private static byte[] Bytes(DicomFile file)
    {
        var stream = new MemoryStream();
        file.Save(stream);
        return stream.ToArray();
    }

    private static int CountOr(int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable("SEGBRIDGE_DICOM_MUTATIONS"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : usual;
}
