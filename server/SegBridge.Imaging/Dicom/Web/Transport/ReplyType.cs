namespace SegBridge.Imaging.Dicom.Web;

/// <summary>
/// A Content-Type header, read leniently: several archives leave out the quotes around type="application/dicom".
/// </summary>
internal sealed class ReplyType
{
    private readonly Dictionary<string, string> _parameters = new(StringComparer.OrdinalIgnoreCase);

    private ReplyType(string mediaType) => MediaType = mediaType;

    /// <summary>In small letters, such as "multipart/related"; empty when there is no header.</summary>
    public string MediaType { get; }

    /// <summary>What parts the parts of a multipart body, or null.</summary>
    public string? Boundary => _parameters.GetValueOrDefault("boundary");

    public static ReplyType Of(string? header)
    {
        var pieces = Split(header ?? "");
        var type = new ReplyType(pieces[0].Trim().ToLowerInvariant());
        foreach (var piece in pieces.Skip(1))
        {
            if (piece.Split('=', 2) is [var name, var value])
            {
                type._parameters.TryAdd(name.Trim(), value.Trim().Trim('"'));
            }
        }

        return type;
    }

    // At semicolons outside of quotes.
    private static List<string> Split(string header)
    {
        var (pieces, start, quoted) = (new List<string>(), 0, false);
        for (var n = 0; n < header.Length; n++)
        {
            quoted ^= header[n] == '"';
            if (header[n] == ';' && !quoted)
            {
                pieces.Add(header[start..n]);
                start = n + 1;
            }
        }

        pieces.Add(header[start..]);
        return pieces;
    }
}
