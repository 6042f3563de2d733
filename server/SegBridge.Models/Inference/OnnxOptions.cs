using Microsoft.ML.OnnxRuntime;

namespace SegBridge.Models.Inference;

/// <summary>How ONNX Runtime sessions are set up here.</summary>
internal static class OnnxOptions
{
    public static SessionOptions For(InferenceDevice device) => Create(device.Threads, device.Name != InferenceDevice.Cpu);

    /// <exception cref="OnnxRuntimeException">CUDA is asked for and is not there.</exception>
    public static SessionOptions Create(int threads, bool cuda)
    {
        var options = new SessionOptions();
        try
        {
            options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL;
            options.IntraOpNumThreads = threads;
            options.InterOpNumThreads = 1;
            options.ExecutionMode = ExecutionMode.ORT_SEQUENTIAL;
            options.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR;
            // Threads that spin between runs would take the cores from whoever prepares the next step.
            options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            if (cuda)
            {
                options.AppendExecutionProvider_CUDA(0);
            }

            return options;
        }
        catch
        {
            options.Dispose();
            throw;
        }
    }
}
