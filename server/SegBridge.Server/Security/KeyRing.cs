using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using SegBridge.Server.Hosting;
using SegBridge.Server.Logging;

namespace SegBridge.Server.Security;

/// <summary>The keys in force. Notices at most a second later that its file has changed, so that a key can be withdrawn.</summary>
internal sealed class KeyRing
{
    private const int MaxKeyLength = 512;
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly TimeProvider _clock;
    private readonly ILogger<KeyRing> _log;
    private readonly Lock _gate = new();
    private Keys _keys;
    private long _looked;

    /// <exception cref="ServerConfigurationException">The file cannot be read or holds something else.</exception>
    public KeyRing(string path, TimeProvider clock, ILogger<KeyRing> log)
    {
        (_path, _clock, _log) = (path, clock, log);
        _keys = Load();
        _looked = clock.GetTimestamp();
    }

    public int Count => _keys.Entries.Count;

    /// <summary>The name of a key that was right before; cheap, for every call asks.</summary>
    public string? Recall(string key)
    {
        var keys = Current();
        return key.Length <= MaxKeyLength && keys.Known.TryGetValue(Digest(key), out var name) ? name : null;
    }

    /// <summary>The name of a key, or null when there is none such.</summary>
    public string? Verify(string key)
    {
        var keys = Current();
        if (key.Length is 0 or > MaxKeyLength)
        {
            return null;
        }

        string? found = null;
        foreach (var (name, hash) in keys.Entries)
        {
            // All entries are compared, so that the time does not tell which one was right.
            found = hash.Matches(key) ? found ?? name : found;
        }

        if (found is not null)
        {
            keys.Known.TryAdd(Digest(key), found);
        }

        return found;
    }

    private Keys Current()
    {
        lock (_gate)
        {
            if (_clock.GetElapsedTime(_looked) < LookAgain)
            {
                return _keys;
            }

            _looked = _clock.GetTimestamp();
            if (StampOf(_path) == _keys.Stamp)
            {
                return _keys;
            }

            try
            {
                _keys = Load();
                ServerLog.KeysReloaded(_log, _keys.Entries.Count);
            }
            catch (ServerConfigurationException error)
            {
                // Half-written or gone: a withdrawn key must not come back, a good one must not fail over a typo.
                ServerLog.KeysNotReloaded(_log, error.Message);
            }

            return _keys;
        }
    }

    private Keys Load() => new(StampOf(_path), ApiKeyFile.Read(_path));

    private static (DateTime, long) StampOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }

    // Keys seen are remembered by digest, for the dictionary's own comparison is not of constant time.
    private static string Digest(string key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private sealed record Keys((DateTime, long) Stamp, IReadOnlyList<(string Name, KeyHash Hash)> Entries)
    {
        public System.Collections.Concurrent.ConcurrentDictionary<string, string> Known { get; } = new(StringComparer.Ordinal);
    }
}
