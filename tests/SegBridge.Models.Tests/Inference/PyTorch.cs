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

    /// <summary>Runs parity modules of the training package, each into a folder of its own name.</summary>
    /// <param name="folder">Where those folders will lie.</param>
    /// <param name="modules">"sam" stands for segbridge_models.parity_vectors_sam, "" for the plain one.</param>
    /// <param name="published">At published size.</param>
    public static void WriteParityVectors(string folder, IEnumerable<string> modules, bool published = false)
    {
        // One process, as most of the time goes into loading PyTorch.
        const string script = """
            import importlib, sys, torch
            torch.set_num_threads(1)
            folder, options = sys.argv[1], sys.argv[3:]
            for name in sys.argv[2].split(","):
                suffix = "_" + name if name else ""
                importlib.import_module("segbridge_models.parity_vectors" + suffix).main([f"{folder}/{name or 'unet'}", *options])
            """;
        string[] options = published ? ["--published"] : [];
        var (code, output) = Start(["-c", script, folder, string.Join(',', modules), .. options]);
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

/// <summary>A theory that is skipped, with the reason, where PyTorch is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PyTorchTheoryAttribute : TheoryAttribute
{
    public PyTorchTheoryAttribute() => Skip = PyTorch.ReasonToSkip;
}
