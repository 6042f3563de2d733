namespace SegBridge.Imaging.Dicom.Web;

/// <summary>An archive that speaks DICOMweb (PS3.18): where it is, what opens it, and what it may cost.</summary>
public sealed record DicomWebArchive
{
    private readonly Uri _url = null!;

    /// <summary>Root of its services: what stands before "/studies".</summary>
    /// <exception cref="DicomWebConfigurationException">Not http or https, or with credentials, a query or a fragment.</exception>
    public required Uri Url
    {
        get => _url;
        init => _url = Checked(value);
    }

    /// <summary>Null: none are sent.</summary>
    public DicomWebCredentials? Credentials { get; init; }

    /// <summary>PEM file of the authorities that alone may vouch for the archive's certificate; null: those of this computer.</summary>
    public string? CertificateAuthorityFile { get; init; }

    /// <summary>Whether nothing may be stored in it.</summary>
    public bool IsReadOnly { get; init; }

    public DicomWebLimits Limits { get; init; } = new();

    /// <summary>The archive may be silent for so long.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often something is tried that fails for reasons that pass: no connection, silence, 408, 429, 502 to 504.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>The wait before the second attempt; it doubles from then on. The archive's Retry-After makes it longer.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether credentials would travel where others on the way can read them.</summary>
    public bool ExposesCredentials => Credentials is not null && Url.Scheme == Uri.UriSchemeHttp && !Url.IsLoopback;

    /// <summary>The address of an archive as people write it.</summary>
    /// <exception cref="DicomWebConfigurationException">It is none.</exception>
    public static Uri ParseUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) ? Checked(url) : throw Wrong();

    private static Uri Checked(Uri url)
    {
        if (url is not { IsAbsoluteUri: true, Scheme: "http" or "https", Query: "", Fragment: "" })
        {
            throw Wrong();
        }

        return url.UserInfo.Length == 0 ? url : throw new DicomWebConfigurationException(
            "the address of an archive must not hold credentials, which everybody could read: give them in the environment or in a file");
    }

    // The address stays out of the message: it may hold a password.
    private static DicomWebConfigurationException Wrong() =>
        new("the address of an archive must look like https://pacs.example/dicom-web");
}
