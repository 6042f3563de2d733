using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace SegBridge.Models.Bundles;

/// <summary>Checks parts against the manifest. A file whose size and time of change are known is not read again.</summary>
internal sealed class PartHashes
{
    private readonly ConcurrentDictionary<(string Path, long Length, long Changed), string> _known = new();

    /// <summary>The path of a part after checking that it is the file the manifest means.</summary>
    /// <exception cref="BundleException">The file is missing or another one.</exception>
    public string Verify(string folder, ModelPart part)
    {
        var file = new FileInfo(Path.Combine(folder, part.File));
        if (!file.Exists)
        {
            throw new BundleException($"part {part.Name}: {part.File} is missing; install the bundle again");
        }

        if (part.Bytes is { } bytes && bytes != file.Length)
        {
            throw new BundleException(
                $"part {part.Name}: {part.File} has {file.Length} bytes, the manifest says {bytes}; "
                + "the file was changed or is incomplete: install the bundle again");
        }

        var hash = _known.GetOrAdd((file.FullName, file.Length, file.LastWriteTimeUtc.Ticks), static key => Compute(key.Path));
        return hash == part.Sha256
            ? file.FullName
            : throw new BundleException(
                $"part {part.Name}: SHA-256 of {part.File} is {hash}, the manifest says {part.Sha256}; "
                + "the file was changed or is incomplete: install the bundle again");
    }

    private static string Compute(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
