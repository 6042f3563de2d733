using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace SegBridge.Server.Doors.Monai;

/// <summary>A file that is kept, in memory or on disk.</summary>
/// <param name="extension">With its dot.</param>
/// <param name="info">What clients say of it.</param>
/// <param name="read">Its bytes.</param>
/// <param name="remove">Gives it up.</param>
internal sealed class StoredFile(string extension, JsonObject info, Func<byte[]> read, Action remove)
{
    private readonly Lazy<string> _sha256 = new(() => Convert.ToHexStringLower(SHA256.HashData(read())));

    public string Extension { get; } = extension;

    public JsonObject Info { get; private set; } = info;

    /// <summary>64 hexadecimal digits.</summary>
    public string Sha256 => _sha256.Value;

    public UploadedFile Open() => new(Extension, read());

    /// <summary>Replaces what is said of it; readers of the former see that one to its end.</summary>
    public void Describe(JsonObject info) => Info = info;

    public void Remove() => remove();
}
