using Microsoft.AspNetCore.Cors.Infrastructure;
using SegBridge.Server.Errors;
using SegBridge.Server.Hosting;

namespace SegBridge.Server.Web;

/// <summary>The origins that the operator allowed, and what their pages may do.</summary>
internal sealed class AllowedOrigins
{
    private static readonly TimeSpan PreflightAge = TimeSpan.FromHours(1);
    private readonly HashSet<string> _origins = new(StringComparer.OrdinalIgnoreCase);
    private readonly bool _any;

    /// <exception cref="ServerConfigurationException">An origin is not scheme://host[:port] or "*".</exception>
    public AllowedOrigins(IReadOnlyList<string> origins)
    {
        foreach (var origin in origins)
        {
            if (origin == "*")
            {
                _any = true;
                continue;
            }

            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri)
                || uri.Scheme is not ("http" or "https") || uri.AbsolutePath != "/" || origin.EndsWith('/') || uri.Query.Length > 0)
            {
                throw new ServerConfigurationException(
                    $"an allowed origin must be http(s)://host or http(s)://host:port without a path, or \"*\", got \"{origin}\"");
            }

            _origins.Add(origin);
        }
    }

    public bool Contains(string origin) => _any || _origins.Contains(origin);

    /// <summary>The rules for the viewers of other servers, which call by all methods.</summary>
    public void ConfigureDoors(CorsPolicyBuilder policy) => policy
        .SetIsOriginAllowed(Contains)
        .AllowAnyMethod()
        .AllowAnyHeader()
        .WithExposedHeaders("content-disposition", "x-meta")
        .SetPreflightMaxAge(PreflightAge);

    /// <summary>The rules that a browser is told before it lets a page call.</summary>
    public void Configure(CorsPolicyBuilder policy) => policy
        .SetIsOriginAllowed(Contains)
        .WithMethods("POST", "GET")
        .WithHeaders("content-type", "x-grpc-web", "x-user-agent", "grpc-timeout", "authorization", "x-api-key")
        .WithExposedHeaders(GrpcReply.StatusHeader, GrpcReply.MessageHeader, GrpcReply.RetryHeader)
        .SetPreflightMaxAge(PreflightAge);
}
