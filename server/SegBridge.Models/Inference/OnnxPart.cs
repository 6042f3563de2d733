using Microsoft.ML.OnnxRuntime;
using SegBridge.Models.Bundles;

namespace SegBridge.Models.Inference;

/// <summary>
/// One ONNX file in memory with one input and one output of fixed shapes. The input tensor lies over
/// <see cref="Input"/>; nothing is copied on the way in or out. To be used by one thread at a time.
/// </summary>
internal sealed class OnnxPart : IDisposable
{
    private readonly OnnxSession _session;
    private readonly TensorBuffer _input;
    private readonly TensorContract _output;

    private OnnxPart(OnnxSession session, TensorContract input, TensorContract output)
    {
        _session = session;
        _input = new TensorBuffer(input.Shape);
        _output = output;
    }

    /// <summary>To be filled before <see cref="Run"/>, in the order of the input's shape.</summary>
    public float[] Input => _input.Values;

    /// <summary>Loads a file, checks what it takes and gives, and runs it once.</summary>
    /// <exception cref="BundleException">It is no network, or not one of this family.</exception>
    public static OnnxPart Load(string part, string file, InferenceDevice device, TensorContract input, TensorContract output)
    {
        var session = OnnxSession.Open(part, file, device, new PartSignature([input], [output]));
        var loaded = new OnnxPart(session, input, output);
        try
        {
            // The first run allocates the arena and, on CUDA, finds its kernels: better now than at the first click.
            var answer = new float[output.Length];
            loaded.Run(answer, CancellationToken.None);
            return Array.TrueForAll(answer, float.IsFinite)
                ? loaded
                : throw new BundleException($"part {part}: the network answers with values that are no numbers; its weights are damaged");
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }

    /// <param name="output">Receives the output in the order of its shape.</param>
    /// <param name="cancellation">Ends the run at its next operator.</param>
    /// <exception cref="BundleException">The network failed.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled; the output is undefined.</exception>
    public void Run(float[] output, CancellationToken cancellation)
    {
        using var target = OrtValue.CreateTensorValueFromMemory(output, _output.Shape);
        _session.Run([_input.Tensor], [target], cancellation);
    }

    public void Dispose()
    {
        _input.Dispose();
        _session.Dispose();
    }
}
