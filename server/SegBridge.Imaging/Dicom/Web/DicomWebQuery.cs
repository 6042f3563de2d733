namespace SegBridge.Imaging.Dicom.Web;

/// <summary>What to search an archive for (QIDO-RS).</summary>
/// <param name="Matches">
/// Attributes by keyword or tag ("PatientID", "00100020") and what they must be, as PS3.4 section C.2.2.2 has it: "*" and "?" for any text
/// and any character, "20240101-20241231" for a range of dates. Several must all hold.
/// </param>
/// <param name="MaxResults">At most so many; the archive chooses which.</param>
public sealed record DicomWebQuery(IReadOnlyList<KeyValuePair<string, string>> Matches, int MaxResults = DicomWebQuery.UsualResults)
{
    public const int UsualResults = 1000;

    public static DicomWebQuery All { get; } = new([]);

    /// <summary>The query of an address, after its "?".</summary>
    /// <exception cref="DicomWebException">A name is neither a keyword nor a tag.</exception>
    internal string ToText(int limit, int offset)
    {
        if (Matches.FirstOrDefault(match => match.Key.Length is 0 or > 64 || !match.Key.All(c => char.IsAsciiLetterOrDigit(c) || c == '.')) is { Key: { } wrong })
        {
            throw new DicomWebException(DicomWebProblem.Refused, $"what to search by must be a keyword such as PatientID or a tag such as 00100020, got \"{wrong}\"");
        }

        return string.Join('&', Matches.Select(match => $"{match.Key}={Escape(match.Value)}").Append($"limit={limit}").Append($"offset={offset}"));
    }

    // Wildcards need no escape in a query, and Orthanc takes escaped ones for letters.
    private static string Escape(string value) =>
        Uri.EscapeDataString(value).Replace("%2A", "*", StringComparison.Ordinal).Replace("%3F", "?", StringComparison.Ordinal);
}
