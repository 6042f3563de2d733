using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using SegBridge.Imaging.Tests.Formats;

namespace SegBridge.Imaging.Tests.Dicom;

/// <summary>pydicom, GDCM and dcmtk, through a Python script that has no code of ours, and the sample files.</summary>
internal static class DicomReference
{
    private const string Python = "/usr/bin/python3";

    private static readonly string Repository = FindRepository();

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private static readonly Lazy<string?> LazyReasonToSkip = new(FindReasonToSkip);

    private static readonly Lazy<string?> LazySamples = new(() =>
    {
        var data = Path.GetFullPath(Environment.GetEnvironmentVariable("SEGBRIDGE_TEST_DATA") ?? Path.Combine(Repository, "..", "shared", "data"));
        return Directory.Exists(Path.Combine(data, "dicom")) ? data : null;
    });

    private static readonly string[] Programs = ["gdcmconv", "dcmdump", "dcmcjpeg", "dciodvfy"];

    /// <summary>Why nothing can be compared on this machine, or null.</summary>
    public static string? ReasonToSkip => LazyReasonToSkip.Value;

    /// <summary>The folder of the data sets, or null where it is absent.</summary>
    public static string? DataOrNull => LazySamples.Value;

    public static string Data => DataOrNull!;

    /// <summary>Files of a folder below <c>dicom</c>, in order.</summary>
    public static string[] Samples(string folder) =>
        [.. Directory.GetFiles(Path.Combine(Data, "dicom", folder), "*.dcm", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    /// <summary>What pydicom sees in each file.</summary>
    public static Seen[] Read(TemporaryFolder folder, IEnumerable<string> files)
    {
        File.WriteAllText(folder["files.list"], JsonSerializer.Serialize(files));
        Script("read", folder["files.list"], folder["seen.json"]);
        return JsonSerializer.Deserialize<Seen[]>(File.ReadAllText(folder["seen.json"]), Json)!;
    }

    /// <summary>Makes files in many encodings.</summary>
    public static string[] Make(TemporaryFolder folder)
    {
        Script("make", folder.Path, Data);
        return JsonSerializer.Deserialize<string[]>(File.ReadAllText(folder["made.json"]))!;
    }

    /// <summary>The answer of a command of the script that reads one thing and writes one JSON file.</summary>
    public static T Ask<T>(TemporaryFolder folder, string command, string about)
    {
        Script(command, about, folder["answer.json"]);
        return JsonSerializer.Deserialize<T>(File.ReadAllText(folder["answer.json"]), Json)!;
    }

    /// <summary>Runs a program and answers its exit code and all that it printed.</summary>
    public static (int Code, string Output) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    private static void Script(params string[] arguments)
    {
        var (code, output) = Run(Python, [Path.Combine(Repository, "tests", "python", "formats", "dicom_samples.py"), .. arguments]);
        Assert.True(code == 0, output);
    }

    private static string? FindReasonToSkip()
    {
        try
        {
            if (Run(Python, "-c", "import pydicom, numpy, gdcm").Code != 0)
            {
                return "needs pydicom, numpy and gdcm for " + Python;
            }

            var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
            var missing = Programs.FirstOrDefault(program => !folders.Any(folder => File.Exists(Path.Combine(folder, program))));
            return missing is null ? null : $"needs {missing} (Debian: libgdcm-tools, dcmtk, dicom3tools)";
        }
        catch (Win32Exception)
        {
            return "needs " + Python + " with pydicom, numpy and gdcm";
        }
    }

    private static string FindRepository([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    /// <param name="Elements">Path of tags and item numbers → hash of the value's little-endian bytes, or "items N".</param>
    /// <param name="Text">Tag → text in Unicode.</param>
    /// <param name="Pixels">Hash of the decoded pixels, little-endian; null where pydicom has none.</param>
    public sealed record Seen(
        string File, bool Refused, Dictionary<string, string>? Elements, Dictionary<string, string>? Text, string? Pixels, string? PixelsRefused);
}

/// <summary>A test that is skipped, with the reason, where the sample files or the programs to compare with are absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DicomFactAttribute : FactAttribute
{
    public DicomFactAttribute(bool needsPrograms = true)
    {
        Skip = DicomReference.DataOrNull is null ? "needs the data sets (SEGBRIDGE_TEST_DATA)"
            : needsPrograms ? DicomReference.ReasonToSkip
            : null;
    }
}
