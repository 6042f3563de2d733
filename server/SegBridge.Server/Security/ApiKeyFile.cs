using System.Security.Cryptography;
using SegBridge.Server.Hosting;

namespace SegBridge.Server.Security;

/// <summary>
/// The file of API keys: one <c>name:scheme$salt$hash</c> on a line, salt and hash in base64; empty lines and lines that
/// start with # are passed over. The keys themselves are nowhere on disk.
/// <para>
/// sha256: hash = SHA-256(salt bytes, UTF-8 of the key). pbkdf2: hash = PBKDF2-HMAC-SHA-256 of the key, 600,000 rounds,
/// 32 bytes.
/// </para>
/// </summary>
public static class ApiKeyFile
{
    private const int MaxLines = 10_000;
    private const int KeyBytes = 32;

    /// <summary>A new random key, to be shown once, and the line that lets the server recognise it.</summary>
    /// <param name="name">Who the key is for: 1..64 characters of A-Z a-z 0-9 . _ -; appears in the log.</param>
    /// <exception cref="ServerConfigurationException">The name has another form.</exception>
    public static (string Key, string Line) Create(string name)
    {
        RequireName(name, "the name of a key");
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return (key, LineOf(name, key, KeyHash.Sha256Scheme));
    }

    /// <summary>The line for a key that somebody chose.</summary>
    /// <exception cref="ServerConfigurationException">The name has another form, or the key is shorter than 12 characters.</exception>
    public static string LineForChosenKey(string name, string key)
    {
        RequireName(name, "the name of a key");
        return key.Length >= 12
            ? LineOf(name, key, KeyHash.Pbkdf2Scheme)
            : throw new ServerConfigurationException($"a chosen key must have at least 12 characters, got {key.Length}");
    }

    /// <exception cref="ServerConfigurationException">The file cannot be read or has a line of another form.</exception>
    internal static IReadOnlyList<(string Name, KeyHash Hash)> Read(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new ServerConfigurationException($"the key file {path} cannot be read: {cause.Message}", cause);
        }

        if (lines.Length > MaxLines)
        {
            throw new ServerConfigurationException($"the key file {path} must have at most {MaxLines} lines, got {lines.Length}");
        }

        var keys = new List<(string, KeyHash)>();
        for (var n = 0; n < lines.Length; n++)
        {
            var line = lines[n].Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            // The line itself stays out of the message: it may be a key that somebody pasted.
            var hash = colon < 0 ? null : KeyHash.Parse(line[(colon + 1)..]);
            if (hash is null)
            {
                throw new ServerConfigurationException(
                    $"line {n + 1} of the key file {path} must be name:sha256$salt$hash or name:pbkdf2$salt$hash with salt and hash in base64; make one with \"segbridge keys\"");
            }

            RequireName(line[..colon], $"the name in line {n + 1} of the key file {path}");
            keys.Add((line[..colon], hash));
        }

        return keys;
    }

    private static string LineOf(string name, string key, string scheme) => $"{name}:{KeyHash.Of(key, scheme)}";

    private static void RequireName(string name, string what)
    {
        if (name.Length is < 1 or > 64 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
        {
            throw new ServerConfigurationException($"{what} must be 1..64 characters of A-Z a-z 0-9 . _ -");
        }
    }
}
