using Microsoft.AspNetCore.Http;

namespace SegBridge.Server.Security;

/// <summary>Who calls: the name of the key, or the address where keys are off.</summary>
internal static class Caller
{
    private static readonly object KeyName = new();

    public static void SetKeyName(HttpContext context, string name) => context.Items[KeyName] = name;

    public static string? KeyNameOf(HttpContext context) => context.Items[KeyName] as string;

    public static string AddressOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "unknown";

    /// <summary>Who is counted by rate limits.</summary>
    public static string Of(HttpContext context) => KeyNameOf(context) is { } name ? $"key {name}" : AddressOf(context);
}
