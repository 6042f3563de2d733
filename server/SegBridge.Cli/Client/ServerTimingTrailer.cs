using System.Globalization;
using Grpc.Core;

namespace SegBridge.Cli.Client;

/// <summary>Reads the trailer in which a server says where the time of a step went.</summary>
internal static class ServerTimingTrailer
{
    private const string Trailer = "server-timing";
    private const string Duration = ";dur=";

    /// <summary>Milliseconds by part, in the server's order; empty where a server does not say.</summary>
    public static IReadOnlyList<KeyValuePair<string, double>> Parse(Metadata trailers)
    {
        var parts = new List<KeyValuePair<string, double>>();
        foreach (var entry in (trailers.GetValue(Trailer) ?? "").Split(", ", StringSplitOptions.RemoveEmptyEntries))
        {
            var at = entry.IndexOf(Duration, StringComparison.Ordinal);
            if (at > 0 && double.TryParse(entry.AsSpan(at + Duration.Length), NumberStyles.Float, CultureInfo.InvariantCulture, out var ms))
            {
                parts.Add(new(entry[..at], ms));
            }
        }

        return parts;
    }
}
