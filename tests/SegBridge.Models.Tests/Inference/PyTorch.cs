using System.ComponentModel;
using System.Diagnostics;

namespace SegBridge.Models.Tests.Inference;

/// <summary>The Python with which networks are trained.</summary>
internal static class PyTorch
{
    private const string Python = "/usr/bin/python3";
    private static readonly Lazy<string?> LazyReasonToSkip = new(FindReasonToSkip);

    /// <summary>Why nothing can be compared on this machine, or null.</summary>
    public static string? ReasonToSkip => LazyReasonToSkip.Value;

    public static void WriteParityVectors(string folder)
    {
        var (code, output) = Start("-m", "segbridge_models.parity_vectors", folder);
        Assert.True(code == 0, output);
    }

    private static string? FindReasonToSkip()
    {
        try
        {
            return Start("-c", "import torch, onnx, scipy, skimage").Code == 0 ? null : $"needs torch, onnx, scipy and skimage for {Python}";
        }
        catch (Win32Exception)
        {
            return $"needs {Python} with torch, onnx, scipy and skimage";
        }
    }

    private static (int Code, string Output) Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PYTHONPATH"] = Checkout.Training;
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }
}

/// <summary>A test that is skipped, with the reason, where PyTorch is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PyTorchFactAttribute : FactAttribute
{
    public PyTorchFactAttribute() => Skip = PyTorch.ReasonToSkip;
}
