using System.Security.Cryptography;
using System.Text;
using SegBridge.Models.Bundles;

namespace SegBridge.Sessions.Journal;

/// <summary>Tells bundles of one id apart.</summary>
internal static class ModelFingerprint
{
    /// <summary>SHA-256 of the version and of the hashes of all parts, hexadecimal.</summary>
    public static string Of(ModelManifest manifest)
    {
        var text = string.Join('\n', manifest.Parts.OrderBy(part => part.Name, StringComparer.Ordinal).Select(part => $"{part.Name} {part.Sha256}").Prepend(manifest.Version));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
