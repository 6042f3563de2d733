namespace Grpc.Core;

/// <summary>Who is at the other end of a call, as far as the transport knows.</summary>
public class AuthContext
{
    private readonly Dictionary<string, List<AuthProperty>> _properties;

    /// <summary>Makes a context; a null <paramref name="peerIdentityPropertyName"/> means an unknown peer.</summary>
    public AuthContext(string? peerIdentityPropertyName, Dictionary<string, List<AuthProperty>> properties)
    {
        PeerIdentityPropertyName = peerIdentityPropertyName;
        _properties = properties ?? throw new ArgumentNullException(nameof(properties));
    }

    /// <summary>Whether the peer proved who it is.</summary>
    public bool IsPeerAuthenticated => PeerIdentityPropertyName is not null;

    /// <summary>Name of the properties that identify the peer, or null.</summary>
    public string? PeerIdentityPropertyName { get; }

    /// <summary>The properties that identify the peer; none when it is unknown.</summary>
    public IEnumerable<AuthProperty> PeerIdentity =>
        PeerIdentityPropertyName is null ? [] : FindPropertiesByName(PeerIdentityPropertyName);

    /// <summary>All properties.</summary>
    public IEnumerable<AuthProperty> Properties => _properties.Values.SelectMany(list => list);

    /// <summary>All properties called <paramref name="propertyName"/>.</summary>
    public IEnumerable<AuthProperty> FindPropertiesByName(string propertyName) =>
        _properties.TryGetValue(propertyName, out List<AuthProperty>? found) ? found : [];
}
