using System.Diagnostics;
using System.Globalization;
using SegBridge.Cli.CommandLine;

namespace SegBridge.Cli.Bench.Peer;

/// <summary>
/// PyTorch, eager, in a process of its own: our reference implementation of ScribblePrompt-UNet at its published size, on
/// as many threads as the server uses. It waits between runs, so that it can take turns with others. Only its network is
/// timed, not what surrounds it.
/// </summary>
internal sealed class TorchPeer : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private const string Script = """
        import sys, time
        import torch
        from segbridge_models.scribbleprompt_unet import ScribblePromptUNet
        torch.set_num_threads(int(sys.argv[1]))
        torch.manual_seed(1)
        network, image = ScribblePromptUNet().eval(), torch.rand(1, 5, 128, 128)
        print(torch.__version__, flush=True)
        for _ in sys.stdin:
            start = time.perf_counter()
            with torch.no_grad():
                network(image)
            print((time.perf_counter() - start) * 1000, flush=True)
        """;

    private readonly Process _process;

    private TorchPeer(Process process, string version) => (_process, Version) = (process, version);

    /// <summary>Of PyTorch.</summary>
    public string Version { get; }

    /// <summary>Null where PyTorch or the training code is not there.</summary>
    public static TorchPeer? TryStart()
    {
        var training = Path.Combine(ModelFolder.Home, "models", "training");
        if (!File.Exists(Python) || !Directory.Exists(training))
        {
            return null;
        }

        var start = new ProcessStartInfo(Python, ["-c", Script, $"{Environment.ProcessorCount}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PYTHONPATH"] = training;
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        if (process.StandardOutput.ReadLine() is { } version)
        {
            return new TorchPeer(process, version);
        }

        process.Dispose();
        return null;
    }

    /// <summary>Runs the network once.</summary>
    /// <returns>Milliseconds.</returns>
    public double Run()
    {
        _process.StandardInput.WriteLine();
        _process.StandardInput.Flush();
        return double.Parse(
            _process.StandardOutput.ReadLine() ?? throw new UserException("PyTorch ended during the bench"), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
