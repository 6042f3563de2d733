using System.Net;

namespace SegBridge.Imaging.Dicom.Web;

/// <summary>
/// Sends requests to one archive and nowhere else: with its credentials, with patience, again after failures that pass,
/// and never on to another host.
/// </summary>
internal sealed class DicomWebSender(DicomWebArchive archive, HttpMessageHandler handler) : IDisposable
{
    private const int MaxRedirects = 3;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    // Waits are limited where they happen.
    private readonly HttpClient _http = new(handler) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Sends a request and reads its answer; both again if either fails for a reason that passes.</summary>
    /// <exception cref="DicomWebException">The archive cannot be reached, refuses, or answers something else.</exception>
    public async Task<T> SendAsync<T>(DicomWebRequest request, Func<DicomWebReply, Task<T>> read, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var reply = await SendOnceAsync(request, cancellation);
                return await read(reply);
            }
            catch (DicomWebException failure) when (failure.IsPassing && attempt < archive.Attempts)
            {
                await Task.Delay(PauseAfter(attempt, failure.RetryAfter), cancellation);
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private TimeSpan PauseAfter(int attempt, TimeSpan? asked)
    {
        // Not all who were turned away at once come back at once.
        var pause = archive.FirstPause * Math.Pow(2, attempt - 1) * (1 + (Random.Shared.NextDouble() / 4));
        var wait = asked > pause ? asked.Value : pause;
        return wait < LongestPause ? wait : LongestPause;
    }

    private async Task<DicomWebReply> SendOnceAsync(DicomWebRequest request, CancellationToken cancellation)
    {
        var url = new Uri(archive.Url.AbsoluteUri.TrimEnd('/') + request.Path);
        for (var redirects = 0; ; redirects++)
        {
            var response = await AskAsync(request, url, cancellation);
            var keep = false;
            try
            {
                if (response.IsSuccessStatusCode || (int)response.StatusCode == request.AlsoRead)
                {
                    keep = true;
                    return new DicomWebReply(response, archive.Patience);
                }

                if ((int)response.StatusCode is < 300 or >= 400)
                {
                    throw Refusal(response);
                }

                url = redirects < MaxRedirects && request.Content is null ? NextUrl(url, response) : throw Redirected();
            }
            finally
            {
                if (!keep)
                {
                    response.Dispose();
                }
            }
        }
    }

    private async Task<HttpResponseMessage> AskAsync(DicomWebRequest request, Uri url, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(archive.Patience);
        using var message = new HttpRequestMessage(request.Content is null ? HttpMethod.Get : HttpMethod.Post, url)
        {
            Content = request.Content?.Invoke(() => limited.CancelAfter(archive.Patience)),
        };
        message.Headers.TryAddWithoutValidation("Accept", request.Accept);
        message.Headers.Authorization = archive.Credentials?.Header;
        try
        {
            return await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limited.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new DicomWebException(DicomWebProblem.Unreachable, $"the archive did not answer for {archive.Patience.TotalSeconds:0.#} s") { IsPassing = true };
        }
        catch (HttpRequestException cause) when (cause.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            throw new DicomWebException(
                DicomWebProblem.Unreachable, "no secure connection to the archive: its certificate is not trusted here, or is another host's; name the authority that vouches for it in a CA file", cause);
        }
        catch (HttpRequestException cause)
        {
            throw new DicomWebException(DicomWebProblem.Unreachable, $"the archive cannot be reached ({cause.HttpRequestError})", cause) { IsPassing = true };
        }
    }

    private static Uri NextUrl(Uri from, HttpResponseMessage response)
    {
        var next = response.Headers.Location is { } location ? new Uri(from, location) : throw Redirected();
        return Uri.Compare(from, next, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0
            ? next
            : throw Redirected();
    }

    private static DicomWebException Redirected() => new(
        DicomWebProblem.Refused,
        "the archive redirects to another address, and its credentials go to the configured one only; configure the address that it redirects to, if that is right");

    private static DicomWebException Refusal(HttpResponseMessage response) => response.StatusCode switch
    {
        HttpStatusCode.Unauthorized => new(DicomWebProblem.CredentialsRefused, "the archive wants credentials, or others than those configured (401)"),
        HttpStatusCode.Forbidden => new(DicomWebProblem.CredentialsRefused, "the archive does not allow this with the configured credentials (403)"),
        HttpStatusCode.ProxyAuthenticationRequired => new(DicomWebProblem.Unreachable, "the proxy on the way to the archive wants credentials (407)"),
        HttpStatusCode.NotFound or HttpStatusCode.Gone => new(DicomWebProblem.NotFound, "the archive has no such study, series or instance, or no DICOMweb at the configured address (404)"),
        HttpStatusCode.NotAcceptable or HttpStatusCode.UnsupportedMediaType =>
            new(DicomWebProblem.NotAcceptable, $"the archive does not have the data in a form that was asked for ({(int)response.StatusCode})"),
        HttpStatusCode.RequestEntityTooLarge => new(DicomWebProblem.TooLarge, "the archive does not take that much at once (413)"),
        HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
            or HttpStatusCode.GatewayTimeout => new(DicomWebProblem.Unreachable, $"the archive is too busy or not ready ({(int)response.StatusCode})")
            {
                IsPassing = true,
                RetryAfter = response.Headers.RetryAfter switch
                {
                    { Delta: { } delta } => delta,
                    { Date: { } date } => date - DateTimeOffset.UtcNow,
                    _ => null,
                },
            },
        _ => new(DicomWebProblem.Refused, $"the archive refuses with status {(int)response.StatusCode}"),
    };
}
