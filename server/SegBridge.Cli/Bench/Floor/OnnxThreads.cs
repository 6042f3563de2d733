using Microsoft.ML.OnnxRuntime;

namespace SegBridge.Cli.Bench.Floor;

/// <summary>ONNX Runtime set up by hand with the threads that the server gives it.</summary>
internal static class OnnxThreads
{
    public static SessionOptions Options()
    {
        var options = new SessionOptions { IntraOpNumThreads = Environment.ProcessorCount, InterOpNumThreads = 1 };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return options;
    }
}
