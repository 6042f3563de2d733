using System.Text.Json;
using System.Text.Json.Serialization;

namespace SegBridge.Imaging.Dicom.Web;

/// <summary>
/// The file that describes archives by name, so that their credentials are on no command line:
/// <c>{"pacs": {"url": "https://pacs.example/dicom-web", "user": "reader", "password": "…", "ca_file": "ca.pem"}}</c>,
/// or "token" instead of user and password; <c>"read_only": true</c> where nothing may be stored. Comments and trailing commas are allowed.
/// </summary>
public static class DicomWebArchiveFile
{
    private const int MaxBytes = 1 << 20;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        RespectNullableAnnotations = true,
    };

    /// <summary>All archives of a file by their names. A file of authorities is taken relative to it.</summary>
    /// <exception cref="DicomWebConfigurationException">The file cannot be read, or an archive is not described as it must be.</exception>
    public static IReadOnlyDictionary<string, DicomWebArchive> Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
            {
                throw new DicomWebConfigurationException($"the archive file {path} must have at most {MaxBytes} bytes");
            }

            var entries = JsonSerializer.Deserialize<Dictionary<string, Entry>>(File.ReadAllBytes(path), Json) ?? [];
            return entries.ToDictionary(entry => RequireName(entry.Key), entry => ArchiveOf(entry.Key, entry.Value, path), StringComparer.Ordinal);
        }
        catch (JsonException wrong)
        {
            // Its own message may quote the file.
            throw new DicomWebConfigurationException(
                $"the archive file {path} is wrong in line {wrong.LineNumber + 1}: it must be JSON of the form {{\"NAME\": {{\"url\": \"…\", \"user\": \"…\", \"password\": \"…\"}}}} with url, user, password, token, ca_file or read_only for each archive");
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new DicomWebConfigurationException($"the archive file {path} cannot be read: {cause.Message}", cause);
        }
    }

    /// <summary>The name of an archive: 1..64 characters of A-Z a-z 0-9 . _ -</summary>
    /// <exception cref="DicomWebConfigurationException">It has another form.</exception>
    public static string RequireName(string name) =>
        name.Length is >= 1 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
            ? name
            : throw new DicomWebConfigurationException("the name of an archive must be 1..64 characters of A-Z a-z 0-9 . _ -");

    private static DicomWebArchive ArchiveOf(string name, Entry? entry, string path)
    {
        try
        {
            return new DicomWebArchive
            {
                Url = DicomWebArchive.ParseUrl(entry?.Url ?? ""),
                Credentials = entry switch
                {
                    { Token: { } token, User: null, Password: null } => DicomWebCredentials.Bearer(token),
                    { Token: null, User: { } user, Password: { } password } => DicomWebCredentials.Basic(user, password),
                    { Token: null, User: null, Password: null } => null,
                    _ => throw new DicomWebConfigurationException("give user and password, or a token, or none of them"),
                },
                CertificateAuthorityFile = entry!.CaFile is { } file ? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, file) : null,
                IsReadOnly = entry.ReadOnly,
            };
        }
        catch (DicomWebConfigurationException wrong)
        {
            throw new DicomWebConfigurationException($"archive {name} in {path}: {wrong.Message}", wrong);
        }
    }

    private sealed record Entry(string? Url, string? User, string? Password, string? Token, string? CaFile, bool ReadOnly);
}
