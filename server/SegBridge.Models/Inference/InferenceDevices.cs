using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML.OnnxRuntime;

namespace SegBridge.Models.Inference;

/// <summary>Finds the device that works.</summary>
public static class InferenceDevices
{
    // y = conv(x, ones 3×3) on 1×1×8×8, as an ONNX file: it needs CUDA, its driver and cuDNN to run.
    internal const string Probe =
        "CAgSADqaAQoiCgF4CgF3EgF5IgRDb252KhEKBHBhZHNAAUABQAFAAaABBxIFcHJvYmUqMwgBCAEIAwgDEAFCAXdKJAAAgD8AAIA/AACA"
        + "PwAAgD8AAIA/AACAPwAAgD8AAIA/AACAP1obCgF4EhYKFAgBEhAKAggBCgIIAQoCCAgKAggIYhsKAXkSFgoUCAESEAoCCAEKAggBCgII"
        + "CAoCCAhCBAoAEBE=";

    /// <summary>
    /// CUDA when a network with a convolution truly runs on it and gives the right numbers, else the CPU. What was
    /// chosen, and why not CUDA, is logged once. The caller disposes of the device.
    /// </summary>
    /// <param name="settings">Null: the defaults.</param>
    /// <param name="logger">Null: silent.</param>
    public static InferenceDevice Open(InferenceSettings? settings = null, ILogger? logger = null)
    {
        settings ??= new InferenceSettings();
        logger ??= NullLogger.Instance;
        var obstacle = settings.Device == DevicePreference.Cpu ? "as the settings say" : CudaObstacle();
        var device = new InferenceDevice(obstacle is null ? "cuda:0" : InferenceDevice.Cpu, settings.QueueLimit, settings.Threads);
        if (obstacle is null)
        {
            ModelsLog.CudaChosen(logger, device.Name);
        }
        else
        {
            ModelsLog.CpuChosen(logger, device.Threads, obstacle);
        }

        return device;
    }

    /// <summary>Why CUDA does not work; null when it does.</summary>
    private static string? CudaObstacle()
    {
        var environment = OrtEnv.Instance();
        environment.DisableTelemetryEvents();
        if (!environment.GetAvailableProviders().Contains("CUDAExecutionProvider"))
        {
            return "this build of ONNX Runtime has no CUDA";
        }

        // The native part reports a missing provider on standard error by itself; one line of ours says it better.
        var level = environment.EnvLogLevel;
        environment.EnvLogLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
        try
        {
            return RunProbe();
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException)
        {
            return $"CUDA does not work here ({FirstLine(exception.Message)})";
        }
        finally
        {
            environment.EnvLogLevel = level;
        }
    }

    private static string? RunProbe()
    {
        using var options = OnnxOptions.Create(threads: 1, cuda: true);
        options.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
        using var session = new InferenceSession(Convert.FromBase64String(Probe), options);
        long[] shape = [1, 1, 8, 8];
        var values = new float[64];
        Array.Fill(values, 1);
        var results = new float[64];
        using var input = OrtValue.CreateTensorValueFromMemory(values, shape);
        using var output = OrtValue.CreateTensorValueFromMemory(results, shape);
        using var run = new RunOptions();
        session.Run(run, ["x"], [input], ["y"], [output]);
        return results[0] == 4 && results[9] == 9 ? null : "CUDA gives wrong numbers";
    }

    private static string FirstLine(string text)
    {
        var line = text.AsSpan().TrimStart();
        var end = line.IndexOfAny('\r', '\n');
        line = end < 0 ? line : line[..end];
        return line.Length <= 200 ? line.ToString() : $"{line[..200]}…";
    }
}
