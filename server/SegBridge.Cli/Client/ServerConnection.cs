using System.Security.Authentication;
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
        Tasks = new V1.Tasks.TasksClient(calls);
        Export = new V1.Export.ExportClient(calls);
    }

    public ServerAddress Address { get; }

    public ByteCounter Bytes { get; } = new();

    public V1.Sessions.SessionsClient Sessions { get; }

    public V1.Models.ModelsClient Models { get; }

    public V1.Tasks.TasksClient Tasks { get; }

    public V1.Export.ExportClient Export { get; }

    /// <summary>What a failed call means to the person at the keyboard.</summary>
    public UserException Explain(RpcException error)
    {
        var (where, detail) = (Address.Url.GetLeftPart(UriPartial.Authority), error.Status.Detail);
        var message = error.StatusCode switch
        {
            _ when IsDistrusted(error) => Address.Fingerprint is null
                ? $"the certificate of {where} is not trusted; give its SHA-256 with --tls-fingerprint, as \"segbridge serve\" printed it"
                : $"the certificate of {where} is not the one of --tls-fingerprint; compare it with what the server printed",
            StatusCode.Unavailable => $"no SegBridge server answers at {where}; start one with \"segbridge serve\" or name another with --server ({detail})",
            StatusCode.Unauthenticated => $"the server at {where} did not take the API key; give the file that holds it with --key-file ({detail})",
            StatusCode.ResourceExhausted => $"the server is at its limit: {detail}",
            StatusCode.Internal or StatusCode.Unknown => $"the server failed: {detail}; its log says more",
            _ => $"the server refused: {detail}",
        };
        return new UserException(message, cause: error);
    }

    public void Dispose() => _channel.Dispose();

    private static bool IsDistrusted(RpcException error)
    {
        for (var cause = error.Status.DebugException; cause is not null; cause = cause.InnerException)
        {
            if (cause is AuthenticationException)
            {
                return true;
            }
        }

        return false;
    }
}
