using SegBridge.Models.Import.Checkpoints.PyTorch;
using SegBridge.Models.Import.Checkpoints.Safetensors;

namespace SegBridge.Models.Import.Checkpoints;

/// <summary>Opens checkpoints of any kind that can be read without running anything: PyTorch's zip files and safetensors.</summary>
internal static class CheckpointFile
{
    private const string SaveAgain =
        "Save it again where it can be trusted, with PyTorch 1.6 or later: torch.save(torch.load(\"old.pt\", map_location=\"cpu\")[...], \"new.pt\")";

    /// <exception cref="CheckpointException">It is neither, is damaged, or holds what is refused.</exception>
    public static Checkpoint Open(string path)
    {
        var bytes = new CheckpointBytes(path);
        try
        {
            return Open(bytes);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    private static Checkpoint Open(CheckpointBytes bytes)
    {
        Span<byte> start = stackalloc byte[512];
        start = start[..(int)Math.Min(start.Length, bytes.Length)];
        bytes.Read(0, start);
        if (start.StartsWith("PK\u0003\u0004"u8))
        {
            return PyTorchFile.Open(bytes);
        }

        if (start.Length > 8 && start[8] == '{')
        {
            return SafetensorsFile.Open(bytes);
        }

        throw new CheckpointException(KindOf(start) switch
        {
            { } kind => $"the checkpoint is {kind}, which cannot be read without running it. {SaveAgain}",
            null => "the file is no checkpoint: a zip file as torch.save writes it or a safetensors file would be right",
        });
    }

    private static string? KindOf(ReadOnlySpan<byte> start)
    {
        if (start.Length >= 262 && start[257..].StartsWith("ustar"u8))
        {
            return "a tar file of a very old PyTorch";
        }

        // PROTO with a protocol number: a bare pickle, which is what torch.save wrote before 1.6.
        if (start.Length >= 2 && start[0] == 0x80 && start[1] is >= 2 and <= 5)
        {
            return "a bare pickle, as PyTorch wrote before version 1.6";
        }

        return start.StartsWith("\u001F"u8) ? "compressed" : null;
    }
}
