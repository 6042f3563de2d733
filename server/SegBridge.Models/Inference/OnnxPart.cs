using Microsoft.ML.OnnxRuntime;
using SegBridge.Models.Bundles;

namespace SegBridge.Models.Inference;

/// <summary>
/// One ONNX file in memory with one input and one output of fixed shapes. The input tensor lies over
/// <see cref="Input"/>; nothing is copied on the way in or out. To be used by one thread at a time.
/// </summary>
internal sealed class OnnxPart : IDisposable
{
    private readonly string _part;
    private readonly InferenceSession _session;
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly OrtValue[] _inputs;
    private readonly TensorContract _output;

    private OnnxPart(string part, InferenceSession session, TensorContract input, TensorContract output)
    {
        _part = part;
        _session = session;
        _inputNames = [input.Name];
        _outputNames = [output.Name];
        _output = output;
        Input = GC.AllocateArray<float>(input.Length, pinned: true);
        _inputs = [OrtValue.CreateTensorValueFromMemory(Input, input.Shape)];
    }

    /// <summary>To be filled before <see cref="Run"/>, in the order of the input's shape.</summary>
    public float[] Input { get; }

    /// <summary>Loads a file, checks what it takes and gives, and runs it once.</summary>
    /// <exception cref="BundleException">It is no network, or not one of this family.</exception>
    public static OnnxPart Load(string part, string file, InferenceDevice device, TensorContract input, TensorContract output)
    {
        InferenceSession? session = null;
        OnnxPart? loaded = null;
        try
        {
            using var options = OnnxOptions.For(device);
            session = new InferenceSession(file, options);
            input.Require(part, "input", session.InputMetadata);
            output.Require(part, "output", session.OutputMetadata);
            if (session.InputMetadata.Count > 1)
            {
                throw new BundleException(
                    $"part {part}: the network must have the one input \"{input.Name}\", it has {string.Join(", ", session.InputNames)}");
            }

            loaded = new OnnxPart(part, session, input, output);
            // The first run allocates the arena and, on CUDA, finds its kernels: better now than at the first click.
            loaded.Run(new float[output.Length], CancellationToken.None);
            return loaded;
        }
        catch (OnnxRuntimeException exception)
        {
            Discard();
            throw new BundleException($"part {part}: ONNX Runtime cannot run {Path.GetFileName(file)}: {exception.Message}");
        }
        catch
        {
            Discard();
            throw;
        }

        void Discard()
        {
            loaded?._inputs[0].Dispose();
            session?.Dispose();
        }
    }

    /// <param name="output">Receives the output in the order of its shape.</param>
    /// <param name="cancellation">Ends the run at its next operator.</param>
    /// <exception cref="BundleException">The network failed.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled; the output is undefined.</exception>
    public void Run(float[] output, CancellationToken cancellation)
    {
        using var target = OrtValue.CreateTensorValueFromMemory(output, _output.Shape);
        using var options = new RunOptions();
        // Disposed first, which waits for a callback under way: nothing terminates options that are gone.
        using var registration = cancellation.UnsafeRegister(static state => ((RunOptions)state!).Terminate = true, options);
        try
        {
            _session.Run(options, _inputNames, _inputs, _outputNames, [target]);
        }
        catch (OnnxRuntimeException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new BundleException($"part {_part}: the network failed: {exception.Message}");
        }
    }

    public void Dispose()
    {
        _inputs[0].Dispose();
        _session.Dispose();
    }
}
