using Microsoft.ML.OnnxRuntime;
using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;

namespace SegBridge.Models.Slices.MultiverSeg;

/// <summary>
/// A network over a target and the examples of a context: float32 "target" [1, channels, rows, columns] with
/// "context_images" and "context_labels" [1, examples, 1, rows, columns] to "logits" [1, 1, rows, columns]. To be used by
/// one thread at a time.
/// </summary>
internal sealed class ContextNetwork : IDisposable
{
    private readonly OnnxSession _session;
    private readonly SliceGrid _grid;
    private readonly TensorBuffer _target;
    private readonly TensorBuffer _nothing;

    private ContextNetwork(OnnxSession session, SliceGrid grid, int channels)
    {
        _session = session;
        _grid = grid;
        _target = new TensorBuffer(1, channels, grid.Rows, grid.Columns);
        _nothing = new TensorBuffer(1, 1, 1, grid.Rows, grid.Columns);
        Array.Fill(_nothing.Values, 0.5f);
    }

    /// <summary>[channels, rows, columns], to be filled before <see cref="Run"/>.</summary>
    public float[] Target => _target.Values;

    /// <summary>Loads a file, checks what it takes and gives, and runs it once.</summary>
    /// <exception cref="BundleException">It is another network, or of another number of channels.</exception>
    public static ContextNetwork Load(string part, string file, InferenceDevice device, SliceGrid grid, int channels)
    {
        var signature = new PartSignature(
            [
                new TensorContract("target", [1, channels, grid.Rows, grid.Columns]),
                new TensorContract("context_images", [1, TensorContract.Free, 1, grid.Rows, grid.Columns]),
                new TensorContract("context_labels", [1, TensorContract.Free, 1, grid.Rows, grid.Columns]),
            ],
            [new TensorContract("logits", [1, 1, grid.Rows, grid.Columns])]);
        var network = new ContextNetwork(OnnxSession.Open(part, file, device, signature), grid, channels);
        try
        {
            network.Run(null, new float[grid.Count], CancellationToken.None);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <param name="context">Null or empty: one example of which image and label are ½ everywhere.</param>
    /// <param name="logits">Receives [rows, columns].</param>
    /// <param name="cancellation">Ends the run at its next operator.</param>
    public void Run(SliceContext? context, float[] logits, CancellationToken cancellation)
    {
        using var target = OrtValue.CreateTensorValueFromMemory(logits, [1, 1, _grid.Rows, _grid.Columns]);
        if (context is null or { Count: 0 })
        {
            _session.Run([_target.Tensor, _nothing.Tensor, _nothing.Tensor], [target], cancellation);
            return;
        }

        long[] shape = [1, context.Count, 1, _grid.Rows, _grid.Columns];
        using var images = TensorBuffer.Over(context.Images, shape);
        using var labels = TensorBuffer.Over(context.Masks, shape);
        _session.Run([_target.Tensor, images, labels], [target], cancellation);
    }

    public void Dispose()
    {
        _session.Dispose();
        _target.Dispose();
        _nothing.Dispose();
    }
}
