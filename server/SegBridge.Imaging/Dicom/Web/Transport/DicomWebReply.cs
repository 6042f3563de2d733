namespace SegBridge.Imaging.Dicom.Web;

/// <summary>An archive's answer, whose body is read while it arrives; every wait for more of it is limited.</summary>
internal sealed class DicomWebReply(HttpResponseMessage response, TimeSpan patience) : IDisposable
{
    private const int FirstBytes = 64 << 10;

    private Stream? _body;

    public int Status => (int)response.StatusCode;

    public ReplyType Type { get; } = ReplyType.Of(
        response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values) ? values.FirstOrDefault() : null);

    /// <summary>The next bytes of the body, 0 at its end.</summary>
    /// <exception cref="DicomWebException">The connection broke, or nothing came for too long.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(patience);
        try
        {
            _body ??= await response.Content.ReadAsStreamAsync(limited.Token);
            return await _body.ReadAsync(destination, limited.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Broken($"the archive sent nothing for {patience.TotalSeconds:0.#} s in the middle of its answer", null);
        }
        catch (Exception cause) when (cause is IOException or HttpRequestException or InvalidDataException)
        {
            throw Broken("the connection to the archive broke in the middle of its answer", cause);
        }
    }

    /// <summary>The whole body.</summary>
    /// <exception cref="DicomWebException">It is larger than <paramref name="limit"/>, or the connection broke.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadAllAsync(long limit, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentLength > limit)
        {
            throw TooLarge(limit);
        }

        var (bytes, count) = (new byte[FirstBytes], 0);
        for (int read; (read = await ReadAsync(bytes.AsMemory(count), cancellation)) > 0;)
        {
            count += read;
            if (count > limit)
            {
                throw TooLarge(limit);
            }

            if (count == bytes.Length)
            {
                Array.Resize(ref bytes, (int)Math.Min(2L * bytes.Length, Array.MaxLength));
            }
        }

        return bytes.AsMemory(0, count);
    }

    /// <summary>The instances of the body, each valid until the next.</summary>
    /// <exception cref="DicomWebException">The body is cut off, malformed, too large, or no DICOM.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadInstancesAsync(
        long maxBytes, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        switch (Type)
        {
            case { MediaType: "application/dicom" }:
                yield return await ReadAllAsync(maxBytes, cancellation);
                break;
            case { MediaType: "multipart/related", Boundary: { } boundary }:
                var parts = new MultipartReader(ReadAsync, boundary, maxBytes);
                while (await parts.NextAsync(cancellation) is { } part)
                {
                    yield return part;
                }

                break;
            default:
                throw new DicomWebException(DicomWebProblem.BadReply, "the archive answers with neither application/dicom nor multipart/related");
        }
    }

    public void Dispose() => response.Dispose();

    private static DicomWebException Broken(string message, Exception? cause) => new(DicomWebProblem.BadReply, message, cause) { IsPassing = true };

    private static DicomWebException TooLarge(long limit) =>
        new(DicomWebProblem.TooLarge, $"an answer of the archive has more than {limit} bytes, the most that is allowed here");
}
