using Microsoft.ML.OnnxRuntime;
using SegBridge.Models.Bundles;

namespace SegBridge.Models.Inference;

/// <summary>One ONNX file in memory that takes and gives what its family needs. To be used by one thread at a time.</summary>
internal sealed class OnnxSession : IDisposable
{
    // The part of a step's time in which image and prompts become what networks take.
    private const string Preparing = "prepare";

    private readonly string _part;
    private readonly InferenceSession _session;
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;

    private OnnxSession(string part, InferenceSession session, PartSignature signature)
    {
        _part = part;
        _session = session;
        _inputNames = [.. signature.Inputs.Select(input => input.Name)];
        _outputNames = [.. signature.Outputs.Select(output => output.Name)];
    }

    /// <summary>Loads a file and checks what it takes and gives.</summary>
    /// <param name="part">What the family calls the part.</param>
    /// <param name="file">Full path.</param>
    /// <param name="device">Where it will run.</param>
    /// <param name="signatureOf">What the part must be, which may depend on what the file says about itself.</param>
    /// <exception cref="BundleException">It is no network, or not one of this family.</exception>
    public static OnnxSession Open(string part, string file, InferenceDevice device, Func<PartMetadata, PartSignature> signatureOf)
    {
        InferenceSession? session = null;
        try
        {
            using var options = OnnxOptions.For(device);
            session = new InferenceSession(file, options);
            var signature = signatureOf(new PartMetadata(part, session));
            signature.Require(part, session);
            return new OnnxSession(part, session, signature);
        }
        catch (OnnxRuntimeException exception)
        {
            session?.Dispose();
            throw new BundleException($"part {part}: ONNX Runtime cannot run {Path.GetFileName(file)}: {exception.Message}");
        }
        catch
        {
            session?.Dispose();
            throw;
        }
    }

    /// <summary>Loads a file that must be exactly as described.</summary>
    /// <exception cref="BundleException">It is no network, or not one of this family.</exception>
    public static OnnxSession Open(string part, string file, InferenceDevice device, PartSignature signature) =>
        Open(part, file, device, _ => signature);

    /// <param name="inputs">In the order of the signature.</param>
    /// <param name="outputs">Receive the outputs, in the order of the signature.</param>
    /// <param name="cancellation">Ends the run at its next operator.</param>
    /// <exception cref="BundleException">The network failed.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled; the outputs are undefined.</exception>
    public void Run(IReadOnlyCollection<OrtValue> inputs, IReadOnlyCollection<OrtValue> outputs, CancellationToken cancellation)
    {
        using var options = new RunOptions();
        // Disposed first, which waits for a callback under way: nothing terminates options that are gone.
        using var registration = cancellation.UnsafeRegister(static state => ((RunOptions)state!).Terminate = true, options);
        Laps.OfThisThread.End(Preparing);
        try
        {
            _session.Run(options, _inputNames, inputs, _outputNames, outputs);
            Laps.OfThisThread.End(_part);
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

    public void Dispose() => _session.Dispose();
}
