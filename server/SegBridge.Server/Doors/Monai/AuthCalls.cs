using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using SegBridge.Server.Doors.Frame;
using SegBridge.Server.Security;

namespace SegBridge.Server.Doors.Monai;

/// <summary>
/// Keys for clients that know user and password: the password is the key, and the user's name is no matter. For it they get a
/// token, which is good for some hours, as long as the key is.
/// </summary>
/// <param name="clock">The clock of tokens.</param>
/// <param name="keys">Null, as the gate: no keys are asked for.</param>
/// <param name="gate">Judges passwords.</param>
internal sealed class AuthCalls(TimeProvider clock, KeyRing? keys = null, KeyGate? gate = null)
{
    private const int MaxTokens = 10_000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Token> _tokens = new(StringComparer.Ordinal);

    /// <summary>The name of a token's key; null when it is none, or its key was withdrawn.</summary>
    public string? NameOf(string token)
    {
        lock (_gate)
        {
            if (!_tokens.TryGetValue(token, out var known) || clock.GetElapsedTime(known.Made) > Lifetime)
            {
                return null;
            }

            return keys?.Recall(known.Key) ?? keys?.Verify(known.Key);
        }
    }

    /// <summary>Whether keys are asked for: the client asks this before everything else it does.</summary>
    public Task DescribeAsync(DoorCall call) => MonaiReply.JsonAsync(
        call, new JsonObject { ["enabled"] = gate is not null, ["client_id"] = "segbridge", ["realm"] = "segbridge" });

    public async Task LogInAsync(DoorCall call)
    {
        var key = (await MonaiForm.ReadAsync(call, DoorCall.MaxJsonBytes)).Field("password") ?? "";
        if (gate?.Judge(call.Http, key) is { IsKnown: false } verdict)
        {
            throw verdict.Wait is { } wait
                ? new DoorException(StatusCodes.Status429TooManyRequests, verdict.Refusal, wait)
                : new DoorException(StatusCodes.Status401Unauthorized, "the password must be one of this server's keys; ask its operator for one");
        }

        await MonaiReply.JsonAsync(call, new JsonObject { ["access_token"] = NewToken(key), ["token_type"] = "bearer" });
    }

    /// <summary>Reached with a good token only.</summary>
    public static Task ConfirmAsync(DoorCall call) => MonaiReply.JsonAsync(call, new JsonObject { ["valid"] = true });

    private string NewToken(string key)
    {
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        lock (_gate)
        {
            if (_tokens.Count >= MaxTokens)
            {
                foreach (var (old, _) in _tokens.OrderBy(entry => entry.Value.Made).Take(MaxTokens / 2).ToList())
                {
                    _tokens.Remove(old);
                }
            }

            _tokens[token] = new Token(key, clock.GetTimestamp());
        }

        return token;
    }

    private sealed record Token(string Key, long Made);
}
