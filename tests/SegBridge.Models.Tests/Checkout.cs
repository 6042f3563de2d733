using System.Runtime.CompilerServices;

namespace SegBridge.Models.Tests;

/// <summary>Where the repository's own files lie.</summary>
internal static class Checkout
{
    public static string Root { get; } = Find();

    public static string ShippedBundle { get; } = Path.Combine(Root, "models", "bundles", "scribble-2d");

    public static string Training { get; } = Path.Combine(Root, "models", "training");

    private static string Find([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
