using System.Security.Cryptography;
using SegBridge.Cli.CommandLine;
using SegBridge.Models.Bundles;
using Spectre.Console;

namespace SegBridge.Cli.Models;

/// <summary>What <c>models verify</c> found out about one bundle.</summary>
/// <param name="Id">The bundle.</param>
/// <param name="Ok">Every file has its hash and the network runs.</param>
/// <param name="Reason">Why not, for people.</param>
/// <param name="Parts">Each file.</param>
internal sealed record PartCheck(string Id, bool Ok, string? Reason, IReadOnlyList<PartResult> Parts)
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>Reads all files of the bundles, with a bar for a person who watches.</summary>
    public static async Task<IReadOnlyList<PartCheck>> AllAsync(
        IReadOnlyList<ModelBundle> bundles, Terminal terminal, CancellationToken cancellationToken)
    {
        if (!terminal.IsLive)
        {
            return await CheckAsync(bundles, _ => { }, cancellationToken);
        }

        return await terminal.People.Progress().AutoClear(true).HideCompleted(true).StartAsync(async context =>
        {
            var bar = context.AddTask("hashing", maxValue: Math.Max(1, bundles.Sum(bundle => bundle.SizeBytes)));
            return await CheckAsync(bundles, bytes => bar.Increment(bytes), cancellationToken);
        });
    }

    private static async Task<IReadOnlyList<PartCheck>> CheckAsync(
        IReadOnlyList<ModelBundle> bundles, Action<int> progress, CancellationToken cancellationToken)
    {
        var checks = new List<PartCheck>();
        foreach (var bundle in bundles)
        {
            var parts = new List<PartResult>();
            foreach (var part in bundle.Manifest?.Parts ?? [])
            {
                parts.Add(await CheckAsync(bundle.Folder, part, progress, cancellationToken));
            }

            var wrong = parts.FirstOrDefault(part => !part.Ok);
            // The repository's own reason comes first: it also knows what a hash cannot tell.
            var reason = bundle.Reason ?? (wrong is null ? null : $"{wrong.File} is not the file that model.json describes; install the bundle again");
            checks.Add(new PartCheck(bundle.Id, reason is null, reason, parts));
        }

        return checks;
    }

    private static async Task<PartResult> CheckAsync(string folder, ModelPart part, Action<int> progress, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, part.File);
        if (!File.Exists(path))
        {
            return new PartResult(part.Name, part.File, 0, part.Sha256, null, false);
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = File.OpenRead(path);
        var chunk = new byte[ChunkBytes];
        for (int read; (read = await file.ReadAsync(chunk, cancellationToken)) > 0;)
        {
            hash.AppendData(chunk.AsSpan(0, read));
            progress(read);
        }

        var found = Convert.ToHexStringLower(hash.GetHashAndReset());
        return new PartResult(part.Name, part.File, file.Length, part.Sha256, found, found == part.Sha256);
    }
}

/// <summary>One file of it.</summary>
internal sealed record PartResult(string Name, string File, long Bytes, string Expected, string? Found, bool Ok);
