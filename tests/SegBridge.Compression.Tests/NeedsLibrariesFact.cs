namespace SegBridge.Compression.Tests;

/// <summary>A test that is skipped, with a message, on a machine without the system's libraries.</summary>
public sealed class NeedsLibrariesFactAttribute : FactAttribute
{
    public NeedsLibrariesFactAttribute()
    {
        if (SystemLibraries.Missing() is { Count: > 0 } missing)
        {
            Skip = $"missing: {string.Join(", ", missing)}";
        }
    }
}
