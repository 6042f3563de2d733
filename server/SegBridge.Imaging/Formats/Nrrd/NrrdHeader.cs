using System.Globalization;

namespace SegBridge.Imaging.Formats;

/// <summary>The text of a NRRD header: its fields under their canonical names, and its key/value pairs.</summary>
internal sealed class NrrdHeader(IReadOnlyDictionary<string, string> fields, IReadOnlyDictionary<string, string> keyValues)
{
    public IReadOnlyDictionary<string, string> KeyValues { get; } = keyValues;

    /// <summary>The value of a field, or null where the header has none.</summary>
    public string? this[string field] => fields.GetValueOrDefault(field);

    /// <exception cref="VolumeFormatException">The header has no such field.</exception>
    public string Required(string field) => this[field]
        ?? throw new VolumeFormatException($"the NRRD header must have a field \"{field}\"");

    /// <summary>The value of a whole-number field, or a default.</summary>
    /// <exception cref="VolumeFormatException">The value is no whole number from least to most.</exception>
    public long Integer(string field, long least, long most, long? otherwise = null)
    {
        if (this[field] is null && otherwise is { } absent)
        {
            return absent;
        }

        var text = Required(field);
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= least && value <= most
            ? value
            : throw new VolumeFormatException(
                $"NRRD \"{field}\" must be a whole number of {least} to {most}, got \"{NrrdText.Quote(text)}\"");
    }

    /// <summary>One word for each axis, or null where the header has no such field.</summary>
    public string[]? PerAxis(string field, int dimension)
    {
        if (this[field] is not { } text)
        {
            return null;
        }

        var words = NrrdText.Words(text);
        return words.Length == dimension
            ? words
            : throw new VolumeFormatException(
                $"NRRD \"{field}\" must have one entry for each of the {dimension} axes, got {words.Length} in \"{NrrdText.Quote(text)}\"");
    }
}
