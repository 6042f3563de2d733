using SegBridge.Cli.Phantom;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Cli.Serve;

/// <summary>The phantom and its truth, for those who open the page without a scan at hand.</summary>
internal static class PhantomSamples
{
    private const int Seed = 1;

    public static IReadOnlyDictionary<string, Func<byte[]>> All { get; } = new Dictionary<string, Func<byte[]>>
    {
        ["phantom.nii.gz"] = () => Bytes(CtPhantom.Make(Seed).Image),
        ["phantom-truth.nii.gz"] = () => Bytes(CtPhantom.Make(Seed).Label),
    };

    private static byte[] Bytes(Volume volume)
    {
        using var stream = new MemoryStream();
        NiftiFile.Write(stream, volume);
        return stream.ToArray();
    }
}
