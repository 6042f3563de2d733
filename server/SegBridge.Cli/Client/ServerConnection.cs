using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using SegBridge.Cli.CommandLine;

namespace SegBridge.Cli.Client;

/// <summary>A gRPC connection to one server, which counts what travels.</summary>
internal sealed class ServerConnection : IDisposable
{
    private const int MaxReplyBytes = 80 << 20;

    private readonly GrpcChannel _channel;

    /// <exception cref="UserException">The address or the fingerprint cannot be.</exception>
    public ServerConnection(ServerAddress address)
    {
        if (address.Url.Scheme is not ("http" or "https"))
        {
            throw UserException.Usage($"a server's address must look like http://127.0.0.1:8710, got \"{address.Url}\"");
        }

        Address = address;
        var sockets = new SocketsHttpHandler { EnableMultipleHttp2Connections = true, UseProxy = false };
        if (address.Fingerprint is { } fingerprint)
        {
            sockets.SslOptions.CertificateRevocationCheckMode = X509RevocationMode.NoCheck;
            sockets.SslOptions.RemoteCertificateValidationCallback = CertificatePin.Of(fingerprint);
        }

        _channel = GrpcChannel.ForAddress(address.Url, new GrpcChannelOptions
        {
            HttpHandler = address.Key is { } key ? new KeyHeader(key, sockets) : sockets,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = MaxReplyBytes,
            MaxRetryAttempts = 1,
        });
        var calls = _channel.Intercept(Bytes);
        Sessions = new V1.Sessions.SessionsClient(calls);
        Models = new V1.Models.ModelsClient(calls);
    }

    public ServerAddress Address { get; }

    public ByteCounter Bytes { get; } = new();

    public V1.Sessions.SessionsClient Sessions { get; }

    public V1.Models.ModelsClient Models { get; }

    /// <summary>What a failed call means to the person at the keyboard.</summary>
    public UserException Explain(RpcException error) => error.StatusCode switch
    {
        StatusCode.Unavailable => new UserException(
            $"no SegBridge server answers at {Address.Url}; start one with \"segbridge serve\" or name another with --server ({error.Status.Detail})", cause: error),
        StatusCode.Unauthenticated => new UserException(
            $"the server at {Address.Url} wants an API key; give the file that holds it with --key-file ({error.Status.Detail})", cause: error),
        StatusCode.ResourceExhausted => new UserException($"the server is at its limit: {error.Status.Detail}", cause: error),
        StatusCode.Internal or StatusCode.Unknown => new UserException(
            $"the server failed: {error.Status.Detail}; its log says more", cause: error),
        _ => new UserException($"the server refused: {error.Status.Detail}", cause: error),
    };

    public void Dispose() => _channel.Dispose();
}
