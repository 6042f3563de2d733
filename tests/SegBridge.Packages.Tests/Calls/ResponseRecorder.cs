namespace SegBridge.Packages.Tests.Calls;

/// <summary>Keeps the encoding that the server's last answer declared on the wire.</summary>
internal sealed class ResponseRecorder() : DelegatingHandler(new SocketsHttpHandler())
{
    internal string? Encoding { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        Encoding = response.Headers.TryGetValues("grpc-encoding", out IEnumerable<string>? values) ? values.Single() : null;
        return response;
    }
}
