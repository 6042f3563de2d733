using System.Reflection;

namespace SegBridge.Cli;

/// <summary>The version of this program.</summary>
internal static class ProductVersion
{
    /// <summary>Such as "0.1.0".</summary>
    public static string Text { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
