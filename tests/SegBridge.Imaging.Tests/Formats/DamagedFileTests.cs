using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Volumes;
using Xunit.Abstractions;

namespace SegBridge.Imaging.Tests.Formats;

/// <summary>Twenty-six thousand damaged files: each is read or refused, quickly, within the memory that was allowed.</summary>
public sealed class DamagedFileTests(ITestOutputHelper output)
{
    private static readonly ReadLimits Limits = new(MaxVoxelBytes: 64 << 10, MaxHeaderBytes: 16 << 10);

    // Buffers of the inflater and the file view, header text and its words, and the exception itself.
    private const long Overhead = 128 << 10;

    [Theory]
    [InlineData("nifti", 13000)]
    [InlineData("nrrd", 9000)]
    [InlineData("png", 4000)]
    public async Task A_damaged_file_is_read_or_refused_within_its_limits(string format, int count)
    {
        var seeds = SeedsOf(format);
        var current = 0;
        var refused = 0;
        var most = 0L;
        var work = Task.Factory.StartNew(
            () =>
            {
                for (; current < count; current++)
                {
                    refused += ReadDamaged(seeds[current % seeds.Count], current, format, out var allocated) ? 0 : 1;
                    most = Math.Max(most, allocated);
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            // Not a speed limit: it only turns an endless loop into a failure that names the file.
            await work.WaitAsync(TimeSpan.FromMinutes(3));
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{format} file {current} never ended");
        }

        output.WriteLine($"{format}: {count} damaged files, {refused} refused, at most {most} bytes allocated for one");
        Assert.InRange(refused, count / 4, count - 1);
    }

    private static bool ReadDamaged(byte[] seed, int number, string format, out long allocated)
    {
        var random = new Random(number);
        var bytes = format == "png" ? DamagedPng(seed, random) : Mutation.Of(seed, random);
        var stream = new MemoryStream(bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var isRead = true;
        try
        {
            if (format == "png")
            {
                PngFile.Read(stream, Limits);
            }
            else
            {
                VolumeFile.Read(stream, "damaged", Limits);
            }
        }
        catch (VolumeFormatException e)
        {
            isRead = false;
            Assert.InRange(e.Message.Length, 20, 600);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{format} file {number}", e);
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(
            allocated <= Limits.MaxVoxelBytes + Overhead,
            string.Create(CultureInfo.InvariantCulture, $"{format} file {number} of {bytes.Length} bytes allocated {allocated}"));
        return isRead;
    }

    private static List<byte[]> SeedsOf(string format)
    {
        var seeds = new List<byte[]>();
        for (var n = 0; n < 14; n++)
        {
            using var file = new MemoryStream();
            var volume = SampleVolumes.From(n, (VoxelType)(n % 7));
            switch (format)
            {
                case "nifti":
                    NiftiFile.Write(file, volume, compress: n % 4 == 3, version: 1 + (n / 7));
                    break;
                case "nrrd" when n % 2 == 0:
                    NrrdFile.Write(file, volume, [new("Segment0_Name", "liver")]);
                    break;
                case "nrrd":
                    file.Write(Encoding.ASCII.GetBytes(RawNrrd));
                    file.Write(new byte[4 * 3 * 2 * 8]);
                    break;
                default:
                    file.Write(PngSeed(n));
                    break;
            }

            seeds.Add(file.ToArray());
        }

        if (format == "nifti")
        {
            seeds.Add(new NiftiBytes(bigEndian: true).File.ToArray());
            seeds.Add(new NiftiBytes { Voxels = new byte[96] }.Shorts(70, 64, 64).Shorts(252, 1, 0).Singles(256, 0.5f, 0.5f, 0.5f).File.ToArray());
            seeds.Add(new NiftiBytes { Voxels = new byte[96] }.Shorts(70, 1280, 64).Shorts(252, 0, 0).File.ToArray());
        }

        return seeds;
    }

    /// <summary>Two of three get past the checksums: one with damage anywhere, one damaged before compression.</summary>
    private static byte[] DamagedPng(byte[] seed, Random random)
    {
        switch (random.Next(3))
        {
            case 0:
                return Mutation.Of(seed, random);
            case 1:
                var bytes = Mutation.Of(seed, random);
                RepairChecksums(bytes);
                return bytes;
            default:
                byte[] depths = [1, 2, 4, 8, 8, 16];
                byte[] colours = [0, 2, 3];
                var rows = Mutation.Of(new byte[random.Next(1, 200)], random);
                return PngFileTests.Picture(
                    random.Next(1, 9), random.Next(1, 9), depths[random.Next(depths.Length)],
                    colours[random.Next(colours.Length)], rows, palette: new byte[random.Next(20)]).ToArray();
        }
    }

    private static void RepairChecksums(byte[] file)
    {
        for (var at = 8; at + 12 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            if (length > file.Length - at - 12)
            {
                return;
            }

            var typed = file.AsSpan(at + 4, 4 + (int)length);
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(at + 8 + (int)length), BrickCodec.Crc32(typed));
            at += 12 + (int)length;
        }
    }

    private static byte[] PngSeed(int n)
    {
        var rows = new byte[] { 4, 1, 2, 3, 3, 5, 6, 7, 1, 8, 9, 10, 2, 11, 12, 13 };
        return (n % 4) switch
        {
            0 => PngFileTests.Picture(3, 4, 8, 0, rows).ToArray(),
            1 => PngFileTests.Picture(1, 4, 8, 2, rows).ToArray(),
            2 => PngFileTests.Picture(3, 4, 8, 3, rows, palette: new byte[768]).ToArray(),
            _ => PngFileTests.Picture(9, 1, 1, 0, [0, 0xA5, 0x80]).ToArray(),
        };
    }

    private const string RawNrrd =
        "NRRD0005\n# comment\ntype: double\ndimension: 4\nspace: left-anterior-superior\nsizes: 1 4 3 2\n"
        + "space directions: none (0.5,0,0) (0,0.5,0.1) (0,0,3)\nkinds: list domain domain domain\nendian: big\n"
        + "encoding: raw\nspace units: \"mm\" \"mm\" \"mm\"\nspace origin: (1,2,3)\nkey:=value\\n\n\n";
}
