using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SegBridge.Models.Inference;

/// <summary>
/// ONNX Runtime's own builds report to their maker from 1.29 on: names of model files, times, the machine. Nothing may leave
/// the user's network, so that is switched off before the library is loaded; afterwards would be too late for its first report.
/// </summary>
internal static partial class OnnxTelemetry
{
    public const string Switch = "ORT_DISABLE_TELEMETRY";

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "It must come before every use of ONNX Runtime, from wherever.")]
    internal static void TurnOff()
    {
        Environment.SetEnvironmentVariable(Switch, "1");
        if (!OperatingSystem.IsWindows())
        {
            // .NET keeps a copy of the environment; a native library sees the process's own.
            _ = SetNative(Switch, "1", overwrite: 1);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetNative(string name, string value, int overwrite);
}
