using Microsoft.ML.OnnxRuntime;
using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;
using SegBridge.Models.Slices.ScribblePromptUnet;

namespace SegBridge.Models.Slices.MultiverSeg;

/// <summary>
/// MultiverSeg: float32 "target" [1, 5, rows, columns], see <see cref="PromptChannels"/>, with "context_images" and
/// "context_labels" [1, examples, 1, rows, columns] to "logits" [1, 1, rows, columns]. With fewer examples than the
/// manifest asks for, the part "unet" answers from the target alone when the bundle has one; else the network sees what
/// there is, and instead of nothing one entry of which image and label are ½ everywhere.
/// </summary>
internal sealed class MultiverSegNetwork : SliceNetwork
{
    private const string PartName = "multiverseg";

    /// <summary>Three halvings within the network, four within the optional UNet.</summary>
    private const int Multiple = 16;

    private readonly OnnxSession _session;
    private readonly OnnxPart? _unet;
    private readonly PromptChannels _channels;
    private readonly TensorBuffer _target;
    private readonly TensorBuffer _nothing;
    private readonly int _leastContext;

    private MultiverSegNetwork(OnnxSession session, OnnxPart? unet, SliceGrid grid, MinMaxNormalisation normalisation, int leastContext, string device)
        : base(device, grid)
    {
        _session = session;
        _unet = unet;
        _leastContext = leastContext;
        _channels = new PromptChannels(grid, normalisation);
        _target = new TensorBuffer(1, PromptChannels.Count, grid.Rows, grid.Columns);
        _nothing = new TensorBuffer(1, 1, 1, grid.Rows, grid.Columns);
        Array.Fill(_nothing.Values, 0.5f);
    }

    /// <param name="manifest">A manifest of this family.</param>
    /// <param name="files">Verified files by the name of their part.</param>
    /// <param name="device">Where the network will run.</param>
    /// <exception cref="BundleException">Manifest or network are not as the family needs them.</exception>
    public static MultiverSegNetwork Load(ModelManifest manifest, IReadOnlyDictionary<string, string> files, InferenceDevice device)
    {
        var rules = new FamilyRules(manifest);
        rules.RequireFittedSlices(PromptChannels.Count, Multiple);
        rules.RequireCandidates(1);
        rules.RequireContext(true);
        rules.RequireParts([PartName], ScribblePromptUnetNetwork.PartName);
        var normalisation = rules.RequireMinMax();
        var grid = new SliceGrid(manifest.Input.Size[0], manifest.Input.Size[1]);
        var network = new MultiverSegNetwork(
            OnnxSession.Open(PartName, files[PartName], device, SignatureOf(grid)),
            files.TryGetValue(ScribblePromptUnetNetwork.PartName, out var unet) ? ScribblePromptUnetNetwork.LoadPart(unet, grid, device) : null,
            grid, normalisation, manifest.LeastContext, device.Name);
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

    public override SliceAnswer Predict(SliceStepInput step, CancellationToken cancellation)
    {
        var fit = new SliceFit(step.Image.Rows, step.Image.Columns, Grid);
        var logits = new float[Grid.Count];
        if (_unet is not null && (step.Context?.Count ?? 0) < _leastContext)
        {
            _channels.Write(step, fit, _unet.Input);
            cancellation.ThrowIfCancellationRequested();
            _unet.Run(logits, cancellation);
        }
        else
        {
            _channels.Write(step, fit, _target.Values);
            cancellation.ThrowIfCancellationRequested();
            Run(step.Context, logits, cancellation);
        }

        return SliceAnswer.Of(logits, fit, step.Prompts);
    }

    public override SliceExample ExampleOf(SliceImage image, ReadOnlySpan<byte> mask)
    {
        var cells = new float[Grid.Count];
        ExampleMask.Write(mask, new SliceFit(image.Rows, image.Columns, Grid), cells);
        return new SliceExample(Grid, _channels.Images.Of(image), cells);
    }

    /// <summary>The bare network, without a UNet in its place.</summary>
    /// <param name="channels">[5, rows, columns], see <see cref="PromptChannels"/>.</param>
    /// <param name="context">Null or empty: one entry of ½ everywhere.</param>
    internal float[] Run(ReadOnlySpan<float> channels, SliceContext? context)
    {
        var logits = new float[Grid.Count];
        channels.CopyTo(_target.Values);
        Run(context, logits, CancellationToken.None);
        return logits;
    }

    protected override void Unload()
    {
        _session.Dispose();
        _unet?.Dispose();
        _target.Dispose();
        _nothing.Dispose();
    }

    private static PartSignature SignatureOf(SliceGrid grid) => new(
        [
            new TensorContract("target", [1, PromptChannels.Count, grid.Rows, grid.Columns]),
            new TensorContract("context_images", [1, TensorContract.Free, 1, grid.Rows, grid.Columns]),
            new TensorContract("context_labels", [1, TensorContract.Free, 1, grid.Rows, grid.Columns]),
        ],
        [new TensorContract("logits", [1, 1, grid.Rows, grid.Columns])]);

    private void Run(SliceContext? context, float[] logits, CancellationToken cancellation)
    {
        using var target = OrtValue.CreateTensorValueFromMemory(logits, [1, 1, Grid.Rows, Grid.Columns]);
        if (context is null or { Count: 0 })
        {
            _session.Run([_target.Tensor, _nothing.Tensor, _nothing.Tensor], [target], cancellation);
            return;
        }

        long[] shape = [1, context.Count, 1, Grid.Rows, Grid.Columns];
        using var images = TensorBuffer.Over(context.Images, shape);
        using var labels = TensorBuffer.Over(context.Masks, shape);
        _session.Run([_target.Tensor, images, labels], [target], cancellation);
    }
}
