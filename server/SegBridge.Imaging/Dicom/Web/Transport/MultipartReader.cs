using System.Text;

namespace SegBridge.Imaging.Dicom.Web;

/// <summary>
/// The parts of a multipart body (RFC 2046) as they arrive, one in memory at a time. A body that ends before its closing
/// delimiter is cut off, and said to be.
/// </summary>
/// <param name="read">Gives the next bytes, 0 at the end.</param>
/// <param name="boundary">Of the Content-Type header.</param>
/// <param name="maxPartBytes">Largest body of a part.</param>
internal sealed class MultipartReader(
    Func<Memory<byte>, CancellationToken, ValueTask<int>> read, string boundary, long maxPartBytes)
{
    private const int FirstBytes = 256 << 10;
    private const int MaxBoundary = 200;
    private const int MaxHeaderBytes = 16 << 10;
    private const int MaxPaddingBytes = 256;

    private static readonly byte[] LineEnd = [.. "\r\n"u8];
    private static readonly byte[] HeaderEnd = [.. "\r\n\r\n"u8];

    private readonly byte[] _delimiter = DelimiterOf(boundary);

    // What comes before the first delimiter ends with a line break, or is nothing.
    private byte[] _buffer = [.. LineEnd, .. new byte[FirstBytes]];
    private int _start;
    private int _end = LineEnd.Length;
    private bool _begun;

    /// <summary>The body of the next part, valid until the next call; null after the last.</summary>
    /// <exception cref="DicomWebException">The body is cut off, malformed, or a part is too large.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken cancellation)
    {
        if (!_begun)
        {
            _begun = true;
            Skip(await FindAsync(_delimiter, MaxHeaderBytes, cancellation) + _delimiter.Length);
        }

        if (await IsLastAsync(cancellation))
        {
            return null;
        }

        var padding = await FindAsync(LineEnd, MaxPaddingBytes, cancellation);
        if (_buffer.AsSpan(_start, padding).ContainsAnyExcept((byte)' ', (byte)'\t'))
        {
            throw Malformed("something follows a delimiter on its line");
        }

        Skip(padding);
        // The line break stays, so that a part without headers has the same end.
        var headers = await FindAsync(HeaderEnd, MaxHeaderBytes, cancellation);
        RequireSize(Encoding.Latin1.GetString(_buffer, _start, headers));
        Skip(headers + LineEnd.Length);
        var length = await BodyAsync(cancellation);
        var body = _buffer.AsMemory(_start, length);
        Skip(length + _delimiter.Length);
        return body;
    }

    private async ValueTask<int> BodyAsync(CancellationToken cancellation)
    {
        // The break after the headers is also the one before the delimiter of an empty part.
        var found = await FindAsync(_delimiter, Math.Min(maxPartBytes, Array.MaxLength - FirstBytes) + LineEnd.Length, cancellation);
        if (found == 0)
        {
            return 0;
        }

        Skip(LineEnd.Length);
        return found - LineEnd.Length;
    }

    private async ValueTask<bool> IsLastAsync(CancellationToken cancellation)
    {
        while (_end - _start < 2)
        {
            await FillAsync(cancellation);
        }

        return _buffer.AsSpan(_start, 2).SequenceEqual("--"u8);
    }

    /// <summary>Bytes before the next occurrence of <paramref name="what"/>, at most <paramref name="most"/> of them.</summary>
    private async ValueTask<int> FindAsync(byte[] what, long most, CancellationToken cancellation)
    {
        for (var searched = 0; ;)
        {
            var at = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf(what);
            if (at >= 0 && searched + at <= most)
            {
                return searched + at;
            }

            searched = Math.Max(0, _end - _start - what.Length + 1);
            if (searched > most || at >= 0)
            {
                throw most > MaxHeaderBytes ? TooLarge() : Malformed("a delimiter or the end of a part's headers is missing");
            }

            await FillAsync(cancellation);
        }
    }

    private async ValueTask FillAsync(CancellationToken cancellation)
    {
        if (_end == _buffer.Length)
        {
            // Twice what has come already, whatever the archive says is still to come.
            var (held, old) = (_end - _start, _buffer);
            if (held > old.Length / 2)
            {
                _buffer = GC.AllocateUninitializedArray<byte>((int)Math.Min(2L * old.Length, Array.MaxLength));
            }

            old.AsSpan(_start, held).CopyTo(_buffer);
            (_start, _end) = (0, held);
        }

        var count = await read(_buffer.AsMemory(_end), cancellation);
        _end += count > 0 ? count : throw new DicomWebException(DicomWebProblem.BadReply, "the archive's answer is cut off") { IsPassing = true };
    }

    private void RequireSize(string headers)
    {
        foreach (var line in headers.Split("\r\n"))
        {
            if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)
                && long.TryParse(line.AsSpan(line.IndexOf(':', StringComparison.Ordinal) + 1), out var length) && length > maxPartBytes)
            {
                throw TooLarge();
            }
        }
    }

    private void Skip(int count) => _start += count;

    private DicomWebException TooLarge() =>
        new(DicomWebProblem.TooLarge, $"an instance has more than {maxPartBytes} bytes, the most that is allowed here");

    private static DicomWebException Malformed(string what) =>
        new(DicomWebProblem.BadReply, $"the archive's answer is not multipart as RFC 2046 has it: {what}");

    private static byte[] DelimiterOf(string boundary) => boundary.Length is > 0 and <= MaxBoundary && boundary.All(char.IsAscii)
        ? [.. "\r\n--"u8, .. Encoding.ASCII.GetBytes(boundary)]
        : throw Malformed($"its boundary must have 1..{MaxBoundary} characters");
}
