using System.Runtime.InteropServices;

namespace SegBridge.Compression;

/// <summary>The libraries of the operating system that this one calls.</summary>
public static class SystemLibraries
{
    internal const string ZstdName = "libzstd.so.1";
    internal const string Lz4Name = "liblz4.so.1";

    /// <summary>What is missing on this machine, in words; empty when nothing is.</summary>
    public static IReadOnlyList<string> Missing()
    {
        var missing = new List<string>();
        foreach (var (library, package) in (ReadOnlySpan<(string, string)>)[(ZstdName, "libzstd1"), (Lz4Name, "liblz4-1")])
        {
            if (NativeLibrary.TryLoad(library, out var handle))
            {
                NativeLibrary.Free(handle);
            }
            else
            {
                missing.Add($"{library} (Debian: {package})");
            }
        }

        return missing;
    }
}
