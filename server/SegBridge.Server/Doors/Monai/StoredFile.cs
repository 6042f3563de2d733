using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using SegBridge.Server.Doors.Frame;

namespace SegBridge.Server.Doors.Monai;

/// <summary>A file that is kept, in memory or on disk.</summary>
/// <param name="extension">With its dot.</param>
/// <param name="info">What clients say of it.</param>
/// <param name="read">Its bytes.</param>
/// <param name="remove">Gives it up.</param>
internal sealed class StoredFile(string extension, JsonObject info, Func<byte[]> read, Action remove)
{
    // Characters of JSON.
    private const int MaxInfo = 1 << 20;

    private readonly Lazy<string> _sha256 = new(() => Convert.ToHexStringLower(SHA256.HashData(read())));

    public string Extension { get; } = extension;

    public JsonObject Info { get; private set; } = info;

    /// <summary>64 hexadecimal digits.</summary>
    public string Sha256 => _sha256.Value;

    public UploadedFile Open() => new(Extension, read());

    /// <summary>Says more of it, besides what was said before; readers of the former see that one to its end.</summary>
    /// <exception cref="DoorException">It is too much: 413.</exception>
    public void Describe(JsonObject more)
    {
        var all = Info.DeepClone().AsObject();
        foreach (var (key, value) in more)
        {
            all[key] = value?.DeepClone();
        }

        Info = all.ToJsonString().Length <= MaxInfo
            ? all
            : throw new DoorException(StatusCodes.Status413PayloadTooLarge, $"what is said of a file may take {MaxInfo:N0} characters, with what was said before");
    }

    public void Remove() => remove();
}
