using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace SegBridge.Models.Bundles;

/// <summary>Checks parts against the manifest. A file whose size and time of change are known is not read again.</summary>
internal sealed class PartHashes
{
    // How an ONNX file begins to say where else a weight lies: an entry "location" and the start of its value.
    private static readonly byte[] Elsewhere = [0x0A, 8, .. "location"u8, 0x12];

    private readonly ConcurrentDictionary<(string Path, long Length, long Changed), (string Sha256, bool IsWhole)> _known = new();

    /// <summary>The path of a part after checking that it is the file the manifest means.</summary>
    /// <exception cref="BundleException">The file is missing, another one, or keeps weights elsewhere.</exception>
    public string Verify(string folder, ModelPart part)
    {
        var path = Path.Combine(folder, part.File);
        var file = BundleFile.Of(path);
        // A pipe has no length either, and to open one would take for ever.
        if (!file.Exists || file.Length == 0)
        {
            throw new BundleException($"part {part.Name}: {part.File} is {(file.Exists ? "empty" : "missing")}; install the bundle again");
        }

        if (part.Bytes is { } bytes && bytes != file.Length)
        {
            throw new BundleException(
                $"part {part.Name}: {part.File} has {file.Length} bytes, the manifest says {bytes}; "
                + "the file was changed or is incomplete: install the bundle again");
        }

        var (hash, isWhole) = _known.GetOrAdd((file.FullName, file.Length, file.LastWriteTimeUtc.Ticks), static key => Read(key.Path));
        if (hash != part.Sha256)
        {
            throw new BundleException(
                $"part {part.Name}: SHA-256 of {part.File} is {hash}, the manifest says {part.Sha256}; "
                + "the file was changed or is incomplete: install the bundle again");
        }

        return isWhole
            ? path
            : throw new BundleException(
                $"part {part.Name}: {part.File} keeps weights in another file, which no hash of the manifest covers; save it as one file");
    }

    private static (string Sha256, bool IsWhole) Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.SequentialScan);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (block, kept, isWhole) = (new byte[1 << 20], 0, true);
        while (stream.Read(block, kept, block.Length - kept) is > 0 and var read)
        {
            hash.AppendData(block, kept, read);
            var seen = block.AsSpan(0, kept + read);
            isWhole &= seen.IndexOf(Elsewhere) < 0;
            // What is looked for may go on in the next block.
            kept = Math.Min(seen.Length, Elsewhere.Length - 1);
            seen[^kept..].CopyTo(block);
        }

        return (Convert.ToHexStringLower(hash.GetHashAndReset()), isWhole);
    }
}
