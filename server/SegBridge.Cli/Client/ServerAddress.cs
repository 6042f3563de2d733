namespace SegBridge.Cli.Client;

/// <summary>Where a server is and how to be let in.</summary>
/// <param name="Url">http://host:port or https://host:port.</param>
/// <param name="Key">The API key, or null where the server asks for none.</param>
/// <param name="Fingerprint">SHA-256 of the server's certificate as hexadecimal digits; then no authority is asked.</param>
internal sealed record ServerAddress(Uri Url, string? Key = null, string? Fingerprint = null);
