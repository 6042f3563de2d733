using System.Net.Security;
using System.Security.Cryptography;
using SegBridge.Cli.CommandLine;

namespace SegBridge.Cli.Client;

/// <summary>Trusts exactly the certificate of a known SHA-256 fingerprint, as <c>serve --tls self-signed</c> prints it.</summary>
internal static class CertificatePin
{
    /// <exception cref="UserException">Not 64 hexadecimal digits (colons and blanks between them are fine).</exception>
    public static RemoteCertificateValidationCallback Of(string fingerprint)
    {
        var digits = fingerprint.Replace(":", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        if (digits.StartsWith("sha256", StringComparison.OrdinalIgnoreCase))
        {
            digits = digits[6..];
        }

        if (digits.Length != 64 || !digits.All(char.IsAsciiHexDigit))
        {
            throw UserException.Usage($"a certificate fingerprint must be 64 hexadecimal digits (SHA-256), got \"{fingerprint}\"");
        }

        var expected = Convert.FromHexString(digits);
        return (_, certificate, _, _) => certificate is not null
            && CryptographicOperations.FixedTimeEquals(expected, SHA256.HashData(certificate.GetRawCertData()));
    }
}
