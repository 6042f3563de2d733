using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace SegBridge.Imaging.Tests.Formats;

/// <summary>The Python script that writes and reads volume files without any code of ours, by nibabel and numpy.</summary>
internal static class IndependentReader
{
    private const string Python = "/usr/bin/python3";

    private static readonly Lazy<string?> LazyReasonToSkip = new(FindReasonToSkip);

    /// <summary>Why nothing can be compared on this machine, or null.</summary>
    public static string? ReasonToSkip => LazyReasonToSkip.Value;

    private static string Repository { get; } = FindRepository();

    /// <summary>The open data sets, or null where they are absent.</summary>
    public static string? DataSets
    {
        get
        {
            var data = Environment.GetEnvironmentVariable("SEGBRIDGE_TEST_DATA") ?? Path.Combine(Repository, "..", "shared", "data");
            var open = Path.GetFullPath(Path.Combine(data, "open"));
            return Directory.Exists(open) ? open : null;
        }
    }

    /// <summary>Runs a command of the script and fails with what it prints.</summary>
    public static void Run(params string[] arguments)
    {
        var (code, output) = Start([Path.Combine(Repository, "tests", "python", "formats", "format_samples.py"), .. arguments]);
        Assert.True(code == 0, output);
    }

    private static string? FindReasonToSkip()
    {
        try
        {
            return Start(["-c", "import nibabel, numpy"]).Code == 0 ? null : "needs nibabel and numpy for " + Python;
        }
        catch (Win32Exception)
        {
            return "needs " + Python + " with nibabel and numpy";
        }
    }

    private static (int Code, string Output) Start(string[] arguments)
    {
        var start = new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    private static string FindRepository([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}

/// <summary>A test that is skipped, with the reason, where nibabel or the data sets are absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NibabelFactAttribute : FactAttribute
{
    public NibabelFactAttribute(bool needsData = false)
    {
        Skip = IndependentReader.ReasonToSkip
            ?? (needsData && IndependentReader.DataSets is null ? "needs the data sets (SEGBRIDGE_TEST_DATA)" : null);
    }
}
