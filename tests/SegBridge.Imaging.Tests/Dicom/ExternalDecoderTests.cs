using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Tests.Formats;

namespace SegBridge.Imaging.Tests.Dicom;

/// <summary>Pixels that only a child process can decode: it may fail, hang or be greedy without harm.</summary>
[Collection("external decoder")]
public sealed class ExternalDecoderTests
{
    private const int Damaged = 30;

    [DicomFact]
    public void Limits_of_time_and_memory_and_the_switch_are_obeyed()
    {
        Assert.NotEmpty(Pixels(new DicomReadLimits()));
        Assert.Contains("within", Refusal(new DicomReadLimits { ExternalDecoderTime = TimeSpan.FromTicks(1) }), StringComparison.Ordinal);
        Assert.Contains("cannot decode", Refusal(new DicomReadLimits { ExternalDecoderBytes = 1 << 20 }), StringComparison.Ordinal);
        Assert.Contains("JPEG Extended (1.2.840.10008.1.2.4.51)", Refusal(new DicomReadLimits { UseExternalDecoder = false }), StringComparison.Ordinal);
    }

    [DicomFact]
    public void Damaged_pixels_are_decoded_or_refused_and_nothing_is_left_behind()
    {
        var seed = File.ReadAllBytes(Sample);
        var limits = new DicomReadLimits { ExternalDecoderTime = TimeSpan.FromSeconds(20), ExternalDecoderBytes = 256 << 20 };
        var refused = 0;
        for (var n = 0; n < Damaged; n++)
        {
            try
            {
                DicomPixelData.Create(DicomFile.Open(new MemoryStream(Mutation.Of(seed, new Random(n), seed.Length)), limits).Dataset, limits).GetFrame(0);
            }
            catch (VolumeFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, Damaged);
        Assert.Empty(Directory.GetDirectories("/dev/shm", $"segbridge-{Environment.ProcessId}-*"));
    }

    private static string Sample => Path.Combine(DicomReference.Data, "dicom", "decoding", "JPGExtended.dcm");

    private static byte[] Pixels(DicomReadLimits limits) => DicomPixelData.Create(DicomFile.Open(Sample, limits).Dataset, limits).GetFrame(0);

    private static string Refusal(DicomReadLimits limits) => Assert.Throws<VolumeFormatException>(() => Pixels(limits)).Message;
}
