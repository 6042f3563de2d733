using System.Globalization;

namespace SegBridge.Imaging.Formats;

/// <summary>The small grammar of NRRD field values: words, quoted strings, numbers and vectors in parentheses.</summary>
internal static class NrrdText
{
    private const int QuotedLength = 80;

    /// <summary>A value cut to a length that fits a message, without control characters.</summary>
    public static string Quote(string text)
    {
        var line = text.Length > QuotedLength ? text[..QuotedLength] + "…" : text;
        return string.Create(line.Length, line, static (span, from) =>
        {
            for (var n = 0; n < span.Length; n++)
            {
                span[n] = char.IsControl(from[n]) ? '?' : from[n];
            }
        });
    }

    /// <summary>Words between white space; "…" and (…) are one word each, white space inside included.</summary>
    public static string[] Words(string text)
    {
        var words = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }

            var end = text[at] switch
            {
                '"' => Closing(text, at, '"'),
                '(' => Closing(text, at, ')'),
                _ => EndOfWord(text, at),
            };
            words.Add(text[at..end]);
            at = end;
        }

        return [.. words];
    }

    /// <summary>"(x,y,z)".</summary>
    /// <exception cref="VolumeFormatException">Not three numbers in parentheses.</exception>
    public static (double X, double Y, double Z) Vector(string word, string field)
    {
        var parts = word.StartsWith('(') && word.EndsWith(')') ? word[1..^1].Split(',') : [];
        return parts.Length == 3
            && TryNumber(parts[0], out var x) && TryNumber(parts[1], out var y) && TryNumber(parts[2], out var z)
            ? (x, y, z)
            : throw new VolumeFormatException(
                $"NRRD \"{field}\" must give vectors of three numbers such as (1,0,0), got \"{Quote(word)}\"");
    }

    /// <summary>A number in the notation of C, "nan" included.</summary>
    public static bool TryNumber(string word, out double value) =>
        double.TryParse(word.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    private static int Closing(string text, int opening, char closing)
    {
        var end = text.IndexOf(closing, opening + 1);
        return end < 0 ? text.Length : end + 1;
    }

    private static int EndOfWord(string text, int start)
    {
        var end = start;
        while (end < text.Length && !char.IsWhiteSpace(text[end]))
        {
            end++;
        }

        return end;
    }
}
