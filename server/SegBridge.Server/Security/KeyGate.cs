using Microsoft.AspNetCore.Http;

namespace SegBridge.Server.Security;

/// <summary>
/// Says whether a call may pass by its key. An address with too many wrong keys is turned away unchecked for a while; keys
/// that were right before go on working from there.
/// </summary>
internal sealed class KeyGate(KeyRing keys, FailedKeyLimit failures)
{
    private const string Bearer = "Bearer ";

    /// <summary>The key in a request's headers; null when there is none.</summary>
    public static string? KeyOf(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return authorization[Bearer.Length..].Trim();
        }

        var key = request.Headers["x-api-key"].ToString().Trim();
        return key.Length > 0 ? key : null;
    }

    /// <summary>Notes the name of a right key as the caller's.</summary>
    public KeyVerdict Judge(HttpContext context, string? key)
    {
        var known = key is null ? null : keys.Recall(key);
        if (known is null && !failures.Buckets.TryTake(Caller.AddressOf(context), out var wait))
        {
            return new KeyVerdict(
                false, $"too many calls with a missing or wrong key from this address; try again in {Math.Ceiling(wait.TotalSeconds)} s", wait);
        }

        if ((known ?? (key is null ? null : keys.Verify(key))) is { } name)
        {
            Caller.SetKeyName(context, name);
            return new KeyVerdict(true, "", null);
        }

        return new KeyVerdict(
            false,
            key is null
                ? "this server needs a key: send it as \"authorization: Bearer KEY\" or \"x-api-key: KEY\""
                : "the key is not one of this server's; ask its operator for one",
            null);
    }
}

/// <summary>Whether a key is right.</summary>
/// <param name="IsKnown">It is.</param>
/// <param name="Refusal">For people, when it is not.</param>
/// <param name="Wait">Set when it was not even looked at: when to try again.</param>
internal readonly record struct KeyVerdict(bool IsKnown, string Refusal, TimeSpan? Wait);
