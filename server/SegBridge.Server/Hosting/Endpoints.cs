using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using SegBridge.Server.Doors.Frame;

namespace SegBridge.Server.Hosting;

/// <summary>What Kestrel listens on: one port for each protocol in plain text, one for both with TLS.</summary>
internal sealed class Endpoints(ServerOptions options, X509Certificate2? certificate)
{
    // Room for bricks on their way over links with a long round trip.
    private const int StreamWindow = 4 << 20;
    private const int ConnectionWindow = 16 << 20;
    private const int MaxHeaderBytes = 32 << 10;
    private const int MaxHeaders = 100;
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(20);

    private readonly Dictionary<DoorKind, ListenOptions> _doors = [];
    private ListenOptions? _grpc;
    private ListenOptions? _http;

    /// <summary>Where gRPC is, with the actual port; only once the server listens.</summary>
    public Uri Grpc => UriOf(_grpc!);

    /// <summary>Where gRPC-Web is.</summary>
    public Uri Http => UriOf(_http!);

    /// <summary>Where the doors are.</summary>
    public IReadOnlyList<OpenDoor> Doors =>
        [.. options.Doors.Select(door => new OpenDoor(DoorCatalogue.NameOf(door.Kind), DoorCatalogue.ClientsOf(door.Kind), UriOf(_doors[door.Kind])))];

    public void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = options.Limits.MaxConnections;
        // gRPC refuses a message by the length in its frame before it reads it, and says so; Kestrel's own limit could
        // only cut the call short first, without a reason. Besides, only doors read bodies, and they set a limit for each call.
        limits.MaxRequestBodySize = null;
        limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        limits.MaxRequestHeaderCount = MaxHeaders;
        limits.Http2.MaxRequestHeaderFieldSize = MaxHeaderBytes / 2;
        limits.Http2.MaxStreamsPerConnection = options.Limits.MaxCallsPerConnection;
        limits.Http2.InitialStreamWindowSize = StreamWindow;
        limits.Http2.InitialConnectionWindowSize = ConnectionWindow;
        limits.Http2.KeepAlivePingDelay = PingDelay;
        limits.Http2.KeepAlivePingTimeout = PingTimeout;

        foreach (var door in options.Doors)
        {
            Listen(kestrel, door.Port, HttpProtocols.Http1, listen =>
            {
                DoorPort.Mark(listen, door.Kind);
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }

                _doors[door.Kind] = listen;
            });
        }

        if (certificate is not null)
        {
            Listen(kestrel, options.GrpcPort, HttpProtocols.Http1AndHttp2, listen =>
            {
                listen.UseHttps(certificate);
                (_grpc, _http) = (listen, listen);
            });
            return;
        }

        Listen(kestrel, options.GrpcPort, HttpProtocols.Http2, listen => _grpc = listen);
        Listen(kestrel, options.HttpPort, HttpProtocols.Http1, listen => _http = listen);
    }

    private void Listen(KestrelServerOptions kestrel, int port, HttpProtocols protocols, Action<ListenOptions> configure) =>
        kestrel.Listen(new IPEndPoint(options.Address, port), listen =>
        {
            listen.Protocols = protocols;
            configure(listen);
        });

    private Uri UriOf(ListenOptions listen)
    {
        // Nobody can connect to "any address".
        var address = options.Address;
        var reachable = address.Equals(IPAddress.Any) ? IPAddress.Loopback : address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : address;
        return new UriBuilder(certificate is null ? "http" : "https", reachable.ToString(), listen.IPEndPoint!.Port).Uri;
    }
}
