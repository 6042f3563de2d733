using System.Security.Cryptography;
using System.Text;

namespace SegBridge.Server.Security;

/// <summary>
/// A key as it is kept: salted and hashed. Keys made by the server are 256 random bits, for which one SHA-256 is
/// enough; PBKDF2 (HMAC-SHA-256, 600,000 rounds) is for keys that people choose.
/// </summary>
internal sealed class KeyHash
{
    public const string Sha256Scheme = "sha256";
    public const string Pbkdf2Scheme = "pbkdf2";
    private const int Pbkdf2Rounds = 600_000;
    private const int HashBytes = 32;
    private const int SaltBytes = 16;

    private readonly string _scheme;
    private readonly byte[] _salt;
    private readonly byte[] _hash;

    private KeyHash(string scheme, byte[] salt, byte[] hash) => (_scheme, _salt, _hash) = (scheme, salt, hash);

    public static KeyHash Of(string key, string scheme)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return new KeyHash(scheme, salt, Compute(key, scheme, salt));
    }

    /// <summary>Reads <c>scheme$salt$hash</c>, salt and hash in base64.</summary>
    /// <returns>Null when it is not of this form.</returns>
    public static KeyHash? Parse(string text)
    {
        var parts = text.Split('$');
        if (parts.Length != 3 || parts[0] is not (Sha256Scheme or Pbkdf2Scheme))
        {
            return null;
        }

        var (salt, hash) = (new byte[64], new byte[HashBytes]);
        return Convert.TryFromBase64String(parts[1], salt, out var saltLength) && saltLength >= 8
            && Convert.TryFromBase64String(parts[2], hash, out var hashLength) && hashLength == HashBytes
            ? new KeyHash(parts[0], salt[..saltLength], hash)
            : null;
    }

    /// <summary>Compares in a time that does not depend on where keys differ.</summary>
    public bool Matches(string key) => CryptographicOperations.FixedTimeEquals(Compute(key, _scheme, _salt), _hash);

    public override string ToString() => $"{_scheme}${Convert.ToBase64String(_salt)}${Convert.ToBase64String(_hash)}";

    private static byte[] Compute(string key, string scheme, byte[] salt)
    {
        var bytes = Encoding.UTF8.GetBytes(key);
        return scheme == Pbkdf2Scheme
            ? Rfc2898DeriveBytes.Pbkdf2(bytes, salt, Pbkdf2Rounds, HashAlgorithmName.SHA256, HashBytes)
            : SHA256.HashData([.. salt, .. bytes]);
    }
}
