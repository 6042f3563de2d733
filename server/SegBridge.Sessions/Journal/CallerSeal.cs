using System.Security.Cryptography;
using System.Text;

namespace SegBridge.Sessions.Journal;

/// <summary>Recognises a caller without holding the name: salted and hashed. Both null: a caller without a name.</summary>
internal sealed record CallerSeal(string? Salt, string? Hash)
{
    private const int SaltBytes = 16;

    public static CallerSeal Of(string? caller)
    {
        if (caller is null)
        {
            return new CallerSeal(null, null);
        }

        var salt = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SaltBytes));
        return new CallerSeal(salt, HashOf(salt, caller));
    }

    public bool Fits(string? caller) => caller is null || Salt is null ? caller == Hash : HashOf(Salt, caller) == Hash;

    private static string HashOf(string salt, string caller) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{salt} {caller}")));
}
