using System.Text;

namespace Grpc.Core;

/// <summary>One thing known about a peer.</summary>
public class AuthProperty
{
    private readonly byte[] _value;

    private AuthProperty(string name, byte[] value)
    {
        Name = name ?? throw new ArgumentNullException(nameof(name));
        _value = value ?? throw new ArgumentNullException(nameof(value));
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The value as UTF-8 text.</summary>
    public string Value => Encoding.UTF8.GetString(_value);

    /// <summary>A copy of the value's bytes.</summary>
    public byte[] ValueBytes => [.. _value];

    /// <summary>Makes a property; the bytes are copied.</summary>
    public static AuthProperty Create(string name, byte[] valueBytes) => new(name, [.. valueBytes]);
}
