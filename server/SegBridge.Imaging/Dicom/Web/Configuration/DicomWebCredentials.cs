using System.Net.Http.Headers;
using System.Text;

namespace SegBridge.Imaging.Dicom.Web;

/// <summary>What opens an archive. Prints as what kind it is, never as what it holds.</summary>
public sealed class DicomWebCredentials
{
    private readonly string _kind;

    private DicomWebCredentials(string kind, string parameter) => (_kind, Header) = (kind, new AuthenticationHeaderValue(kind, parameter));

    internal AuthenticationHeaderValue Header { get; }

    /// <summary>HTTP Basic authentication; a colon cannot be part of the user's name.</summary>
    public static DicomWebCredentials Basic(string user, string password) =>
        user.Length > 0 && !user.Contains(':', StringComparison.Ordinal)
            ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")))
            : throw new DicomWebConfigurationException("the user of an archive must have a name without a colon");

    /// <summary>A token, as OAuth 2.0 and API keys have it.</summary>
    public static DicomWebCredentials Bearer(string token) =>
        token.Length > 0 && token.All(c => c is > ' ' and < '\x7f')
            ? new("Bearer", token)
            : throw new DicomWebConfigurationException("the token of an archive must be printable characters without spaces");

    /// <summary>"USER:PASSWORD", or "Bearer TOKEN".</summary>
    /// <exception cref="DicomWebConfigurationException">The text has another form; it is not repeated.</exception>
    public static DicomWebCredentials Parse(string text)
    {
        const string bearer = "Bearer ";
        if (text.StartsWith(bearer, StringComparison.OrdinalIgnoreCase))
        {
            return Bearer(text[bearer.Length..].Trim());
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            ? Basic(text[..colon], text[(colon + 1)..])
            : throw new DicomWebConfigurationException("the credentials of an archive must be USER:PASSWORD or \"Bearer TOKEN\"");
    }

    public override string ToString() => $"{_kind} credentials";
}
