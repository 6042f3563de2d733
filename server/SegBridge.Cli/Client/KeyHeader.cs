using System.Net.Http.Headers;

namespace SegBridge.Cli.Client;

/// <summary>Sends the API key with every call.</summary>
internal sealed class KeyHeader(string key, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return base.SendAsync(request, cancellationToken);
    }
}
