using System.Net;
using System.Net.NetworkInformation;

namespace SegBridge.Server.Web;

/// <summary>Names by which a browser reaches this computer and that nobody else can take: its own and IP addresses.</summary>
internal static class OwnNames
{
    private static readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase) { "localhost" };

    static OwnNames()
    {
        var name = Dns.GetHostName();
        _names.UnionWith([name, $"{name}.local"]);
        if (IPGlobalProperties.GetIPGlobalProperties().DomainName is { Length: > 0 } domain)
        {
            _names.Add($"{name}.{domain}");
        }
    }

    public static bool Contain(string host) => IPAddress.TryParse(host, out _) || _names.Contains(host);
}
