using System.Text;

namespace SegBridge.Imaging.Dicom;

/// <summary>
/// What the bytes of text mean: the Specific Character Set of a dataset (PS3.3 section C.12.1.1.2), with code
/// extensions by the escape sequences of ISO 2022 where it has several values.
/// </summary>
internal sealed class DicomCharacterSet
{
    private const byte Escape = 0x1B;

    /// <summary>What new datasets are written in.</summary>
    public static readonly DicomCharacterSet Utf8 = new(Strict(Encoding.UTF8), hasExtensions: false);

    private static readonly DicomCharacterSet Default = new(Latin1, hasExtensions: false);

    // Bytes after the escape character, and the code page that they switch to. EUC forms hold ASCII as well.
    private static readonly (string Sequence, int CodePage)[] Escapes =
    [
        ("(B", 0), ("(J", 932), (")I", 932), ("$B", JisX0208), ("$@", JisX0208), ("$(D", JisX0212), ("$)C", 949), ("$)A", 936),
        ("-A", 28591), ("-B", 28592), ("-C", 28593), ("-D", 28594), ("-L", 28595), ("-G", 28596), ("-F", 28597),
        ("-H", 28598), ("-M", 28599), ("-b", 28605), ("-T", 874),
    ];

    // Both sets of two bytes are read through one code page of Windows, in which the high bits tell them apart.
    private const int JisX0208 = -1;
    private const int JisX0212 = -2;
    private const int EucJapanese = 20932;

    private readonly Encoding _encoding;
    private readonly bool _hasExtensions;

    private DicomCharacterSet(Encoding encoding, bool hasExtensions) => (_encoding, _hasExtensions) = (encoding, hasExtensions);

    private static Encoding Latin1 => Strict(Encoding.Latin1);

    /// <param name="terms">The values of (0008,0005); a term that is not known counts as Latin-1.</param>
    public static DicomCharacterSet Of(IReadOnlyList<string> terms)
    {
        if (terms.Count == 0 || (terms.Count == 1 && terms[0].Length == 0))
        {
            return Default;
        }

        return new DicomCharacterSet(EncodingOf(terms[0]), hasExtensions: terms.Any(term => term.StartsWith("ISO 2022", StringComparison.Ordinal)));
    }

    /// <summary>Bytes that mean nothing become U+FFFD.</summary>
    public string Decode(ReadOnlySpan<byte> bytes, bool isPersonName)
    {
        if (!_hasExtensions || bytes.IndexOf(Escape) < 0)
        {
            return _encoding.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length);
        var codePage = 0;
        while (!bytes.IsEmpty)
        {
            if (bytes[0] == Escape && EscapeAt(bytes[1..]) is { } escape)
            {
                codePage = escape.CodePage;
                bytes = bytes[(1 + escape.Sequence.Length)..];
                continue;
            }

            var run = RunLength(bytes, codePage, isPersonName, out var resets);
            text.Append(DecodeRun(bytes[..run], codePage));
            codePage = resets ? 0 : codePage;
            bytes = bytes[run..];
        }

        return text.ToString();
    }

    /// <exception cref="ArgumentException">The text has characters that this set lacks.</exception>
    public byte[] Encode(string text) => _encoding.GetBytes(text);

    /// <summary>Bytes up to the next escape, or up to and with the next character that ends code extensions.</summary>
    private static int RunLength(ReadOnlySpan<byte> bytes, int codePage, bool isPersonName, out bool resets)
    {
        for (var n = 0; n < bytes.Length; n++)
        {
            var here = bytes[n];
            if (here == Escape && n > 0)
            {
                resets = false;
                return n;
            }

            resets = codePage is not (JisX0208 or JisX0212)
                && (here is (byte)'\\' or (byte)'\r' or (byte)'\n' or (byte)'\f' or (byte)'\t' || (isPersonName && here is (byte)'^' or (byte)'='));
            if (resets)
            {
                return n + 1;
            }
        }

        resets = false;
        return bytes.Length;
    }

    private string DecodeRun(ReadOnlySpan<byte> run, int codePage)
    {
        if (codePage is not (JisX0208 or JisX0212))
        {
            return (codePage == 0 ? _encoding : PageOf(codePage)).GetString(run);
        }

        var euc = run.ToArray();
        for (var n = 0; n < euc.Length; n++)
        {
            euc[n] = codePage == JisX0208 || n % 2 == 0 ? (byte)(euc[n] | 0x80) : (byte)(euc[n] & 0x7F);
        }

        return PageOf(EucJapanese).GetString(euc);
    }

    private static (string Sequence, int CodePage)? EscapeAt(ReadOnlySpan<byte> bytes)
    {
        foreach (var escape in Escapes)
        {
            if (bytes.Length >= escape.Sequence.Length && Ascii.Equals(bytes[..escape.Sequence.Length], escape.Sequence))
            {
                return escape;
            }
        }

        return null;
    }

    private static Encoding EncodingOf(string term) => term.Replace("ISO 2022 IR ", "ISO_IR ", StringComparison.Ordinal) switch
    {
        "ISO_IR 101" => Strict(PageOf(28592)),
        "ISO_IR 109" => Strict(PageOf(28593)),
        "ISO_IR 110" => Strict(PageOf(28594)),
        "ISO_IR 144" => Strict(PageOf(28595)),
        "ISO_IR 127" => Strict(PageOf(28596)),
        "ISO_IR 126" => Strict(PageOf(28597)),
        "ISO_IR 138" => Strict(PageOf(28598)),
        "ISO_IR 148" => Strict(PageOf(28599)),
        "ISO_IR 203" => Strict(PageOf(28605)),
        "ISO_IR 166" => Strict(PageOf(874)),
        "ISO_IR 13" => Strict(PageOf(932)),
        "ISO_IR 192" => Strict(Encoding.UTF8),
        "GB18030" => Strict(PageOf(54936)),
        "GBK" or "ISO_IR 58" => Strict(PageOf(936)),
        "ISO_IR 149" => Strict(PageOf(949)),
        _ => Latin1,
    };

    private static Encoding PageOf(int codePage) => CodePagesEncodingProvider.Instance.GetEncoding(codePage) ?? Encoding.GetEncoding(codePage);

    private static Encoding Strict(Encoding encoding)
    {
        var copy = (Encoding)encoding.Clone();
        (copy.EncoderFallback, copy.DecoderFallback) = (EncoderFallback.ExceptionFallback, new DecoderReplacementFallback("\uFFFD"));
        return copy;
    }
}
