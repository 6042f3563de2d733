using System.Runtime.InteropServices;

namespace SegBridge.Cli.Bench.Report;

/// <summary>What the figures were measured on.</summary>
internal static class Machine
{
    private const string CpuInfo = "/proc/cpuinfo";

    /// <summary>One line.</summary>
    public static string Text =>
        $"{Processor}, {Environment.ProcessorCount} cores; {RuntimeInformation.OSDescription}; {RuntimeInformation.FrameworkDescription}; SegBridge {ProductVersion.Text}";

    private static string Processor => (File.Exists(CpuInfo) ? File.ReadLines(CpuInfo) : [])
        .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
        ?? RuntimeInformation.ProcessArchitecture.ToString();
}
