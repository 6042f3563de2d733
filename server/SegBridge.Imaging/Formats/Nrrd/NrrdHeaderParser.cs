using System.Text;

namespace SegBridge.Imaging.Formats;

/// <summary>
/// Reads the text of a NRRD header: the magic line, then <c>field: value</c>, <c>key:=value</c> and <c># comment</c>
/// lines up to an empty line (or the end of a detached header).
/// </summary>
internal static class NrrdHeaderParser
{
    private const string MagicStart = "NRRD000";

    // Identifiers are compared without case; several have a spelling without the space.
    private static readonly Dictionary<string, string> FieldNames = Names(
        "dimension", "type", "encoding", "endian", "content", "sizes", "spacings", "kinds", "labels", "units",
        "thicknesses", "centers", "space", "number", "space dimension", "space units", "space origin",
        "space directions", "measurement frame", "sample units", "block size", "old min", "old max", "axis mins",
        "axis maxs", "line skip", "byte skip", "data file", "min", "max");

    /// <param name="content">Left right behind the empty line that ends the header.</param>
    /// <param name="maxBytes">Most bytes of header text.</param>
    public static NrrdHeader Parse(ContentReader content, int maxBytes)
    {
        var lines = new LineReader(content, maxBytes);
        RequireMagic(lines.Next());
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        var keyValues = new Dictionary<string, string>(StringComparer.Ordinal);
        while (lines.Next() is { Length: > 0 } line)
        {
            if (!line.StartsWith('#'))
            {
                ParseLine(line, fields, keyValues);
            }
        }

        return new NrrdHeader(fields, keyValues);
    }

    private static void RequireMagic(string? line)
    {
        if (line is null || line.Length != MagicStart.Length + 1
            || !line.StartsWith(MagicStart, StringComparison.Ordinal) || line[^1] is < '1' or > '5')
        {
            throw new VolumeFormatException(
                $"the first line of a NRRD file must be NRRD0001 to NRRD0005, got \"{NrrdText.Quote(line ?? "")}\"");
        }
    }

    private static void ParseLine(string line, Dictionary<string, string> fields, Dictionary<string, string> keyValues)
    {
        var assignment = line.IndexOf(":=", StringComparison.Ordinal);
        var colon = line.IndexOf(": ", StringComparison.Ordinal);
        if (colon > 0 && (assignment < 0 || colon < assignment) && FieldNames.TryGetValue(line[..colon], out var field))
        {
            if (!fields.TryAdd(field, line[(colon + 2)..].Trim()))
            {
                throw new VolumeFormatException($"NRRD field \"{field}\" must appear once, but appears again");
            }
        }
        else if (assignment > 0)
        {
            keyValues[Unescape(line[..assignment])] = Unescape(line[(assignment + 2)..]);
        }
        else if (colon > 0)
        {
            throw new VolumeFormatException(
                $"\"{NrrdText.Quote(line[..colon])}\" is no NRRD field; own entries are written as key:=value");
        }
        else
        {
            throw new VolumeFormatException(
                $"a NRRD header line must be \"field: value\", \"key:=value\" or \"# comment\", got \"{NrrdText.Quote(line)}\"");
        }
    }

    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        for (var n = 0; n < text.Length; n++)
        {
            var next = text[n] == '\\' && n + 1 < text.Length ? text[n + 1] : '\0';
            if (next is 'n' or '\\')
            {
                plain.Append(next == 'n' ? '\n' : '\\');
                n++;
            }
            else
            {
                plain.Append(text[n]);
            }
        }

        return plain.ToString();
    }

    private static Dictionary<string, string> Names(params ReadOnlySpan<string> names)
    {
        var all = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in names)
        {
            all[name] = name;
            all[name.Replace(" ", "", StringComparison.Ordinal)] = name;
        }

        all["centerings"] = "centers";
        return all;
    }

    /// <summary>Lines ended by \n or \r\n, read byte by byte because the voxels start right after the last.</summary>
    private sealed class LineReader(ContentReader content, int maxBytes)
    {
        private readonly List<byte> _line = [];
        private int _read;

        /// <summary>The next line without its end; null at the end of the file.</summary>
        public string? Next()
        {
            _line.Clear();
            Span<byte> one = stackalloc byte[1];
            while (content.ReadUpTo(one) == 1)
            {
                if (++_read > maxBytes)
                {
                    throw new VolumeFormatException(
                        $"the NRRD header must end with an empty line within {maxBytes} bytes, but goes on");
                }

                if (one[0] == '\n')
                {
                    return Text();
                }

                _line.Add(one[0]);
            }

            return _line.Count > 0 ? Text() : null;
        }

        private string Text()
        {
            var bytes = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_line);
            return Encoding.UTF8.GetString(bytes is [.., (byte)'\r'] ? bytes[..^1] : bytes);
        }
    }
}
