using System.Security.Cryptography;
using System.Text;

namespace SegBridge.Server.Doors.Monai;

/// <summary>The images behind session ids, until they expire. Thread-safe.</summary>
internal sealed class UploadTable(UploadBudget budget, TimeProvider clock)
{
    private static readonly TimeSpan DefaultExpiry = TimeSpan.FromHours(1);
    private static readonly TimeSpan MaxExpiry = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Upload> _uploads = new(StringComparer.Ordinal);

    /// <summary>Whether it could be the id of an upload, if only of one that is gone.</summary>
    public static bool IsId(string id) => id.Length == 32 && id.All(char.IsAsciiHexDigitLower);

    /// <param name="file">The image.</param>
    /// <param name="owner">The caller's key.</param>
    /// <param name="expirySeconds">0: an hour.</param>
    public Upload Add(UploadedFile file, string? owner, double expirySeconds) =>
        Keep(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), file, owner, expirySeconds);

    /// <summary>The same upload again for the same file of the same owner, of clients that send the image with every call.</summary>
    public Upload AddOnce(UploadedFile file, string? owner)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{owner?.Length ?? -1}{owner}"));
        hash.AppendData(file.Content);
        var id = Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
        return Find(id, owner) ?? Keep(id, file, owner, 0);
    }

    /// <summary>An upload, which is in use from now on as if it were new; null when there is none for this caller.</summary>
    public Upload? Find(string id, string? owner)
    {
        lock (_gate)
        {
            RemoveExpired();
            if (!_uploads.TryGetValue(id, out var upload) || upload.Owner != owner)
            {
                return null;
            }

            upload.Touch(clock);
            return upload;
        }
    }

    public void Remove(Upload upload)
    {
        lock (_gate)
        {
            if (_uploads.Remove(upload.Id))
            {
                upload.Memory.Dispose();
            }
        }
    }

    private Upload Keep(string id, UploadedFile file, string? owner, double expirySeconds)
    {
        lock (_gate)
        {
            RemoveExpired();
            var expiry = expirySeconds > 0 ? TimeSpan.FromSeconds(Math.Min(expirySeconds, MaxExpiry.TotalSeconds)) : DefaultExpiry;
            var upload = new Upload(id, owner, file, expiry, clock.GetUtcNow(), budget.Take(file.Content.Length));
            upload.Touch(clock);
            return _uploads[id] = upload;
        }
    }

    private void RemoveExpired()
    {
        foreach (var expired in _uploads.Values.Where(upload => clock.GetElapsedTime(upload.Used) > upload.Expiry).ToList())
        {
            Remove(expired);
        }
    }
}
