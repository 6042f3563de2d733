using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;
using SegBridge.Models.Slices.ScribblePromptUnet;

namespace SegBridge.Models.Slices.MultiverSeg;

/// <summary>
/// MultiverSeg: the part "multiverseg" is a <see cref="ContextNetwork"/> over <see cref="PromptChannels"/>. With fewer
/// examples than the manifest asks for, the part "unet" answers from the target alone when the bundle has one; else the
/// network sees what there is, and instead of nothing one example that is ½ everywhere. Where the manifest says so, the UNet
/// has a share in the logits of every step with prompts, and a proposal may be left empty, see <see cref="DoubtfulProposal"/>.
/// </summary>
internal sealed class MultiverSegNetwork : SliceNetwork
{
    private const string PartName = "multiverseg";

    /// <summary>Three halvings within the network, four within the optional UNet.</summary>
    private const int Multiple = 16;

    private readonly ContextNetwork _network;
    private readonly OnnxPart? _unet;
    private readonly PromptChannels _channels;
    private readonly DoubtfulProposal _proposal;
    private readonly int _leastContext;
    private readonly float _unetShare;

    private MultiverSegNetwork(ContextNetwork network, OnnxPart? unet, SliceGrid grid, MinMaxNormalisation normalisation, ModelManifest manifest, string device)
        : base(device, grid)
    {
        _network = network;
        _unet = unet;
        _leastContext = manifest.LeastContext;
        _unetShare = (float)manifest.UnetShare;
        _proposal = new DoubtfulProposal(manifest.LeastConfidence);
        _channels = new PromptChannels(grid, normalisation);
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
        if (manifest.UnetShare > 0 && !files.ContainsKey(ScribblePromptUnetNetwork.PartName))
        {
            throw new BundleException($"unetShare needs the part \"{ScribblePromptUnetNetwork.PartName}\", which the manifest does not name");
        }

        var normalisation = rules.RequireMinMax();
        var grid = new SliceGrid(manifest.Input.Size[0], manifest.Input.Size[1]);
        var unet = files.TryGetValue(ScribblePromptUnetNetwork.PartName, out var file) ? ScribblePromptUnetNetwork.LoadPart(file, grid, device) : null;
        try
        {
            var network = ContextNetwork.Load(PartName, files[PartName], device, grid, PromptChannels.Count);
            return new MultiverSegNetwork(network, unet, grid, normalisation, manifest, device.Name);
        }
        catch
        {
            unet?.Dispose();
            throw;
        }
    }

    public override SliceAnswer Predict(SliceStepInput step, CancellationToken cancellation)
    {
        var fit = new SliceFit(step.Image.Rows, step.Image.Columns, Grid);
        step = _proposal.Start(step);
        var isInContext = _unet is null || (step.Context?.Count ?? 0) >= _leastContext;
        var logits = isInContext ? InContext(step, fit, cancellation) : Alone(_unet!, step, fit, cancellation);
        if (isInContext && _unetShare > 0 && !step.Prompts.IsEmpty)
        {
            var alone = Alone(_unet!, step, fit, cancellation);
            for (var n = 0; n < logits.Length; n++)
            {
                logits[n] += _unetShare * (alone[n] - logits[n]);
            }
        }

        return _proposal.Shown(SliceAnswer.Of(logits, fit, step.Prompts), step, fit);
    }

    public override SliceExample ExampleOf(SliceImage image, ReadOnlySpan<byte> mask) => ExampleMask.ExampleOf(image, mask, _channels.Images, Grid);

    private float[] InContext(SliceStepInput step, SliceFit fit, CancellationToken cancellation)
    {
        _channels.Write(step, fit, _network.Target);
        cancellation.ThrowIfCancellationRequested();
        var logits = new float[Grid.Count];
        _network.Run(step.Context, logits, cancellation);
        return logits;
    }

    private float[] Alone(OnnxPart unet, SliceStepInput step, SliceFit fit, CancellationToken cancellation)
    {
        _channels.Write(step, fit, unet.Input);
        cancellation.ThrowIfCancellationRequested();
        var logits = new float[Grid.Count];
        unet.Run(logits, cancellation);
        return logits;
    }

    /// <summary>The bare network, without a UNet in its place.</summary>
    /// <param name="channels">[5, rows, columns], see <see cref="PromptChannels"/>.</param>
    /// <param name="context">Null or empty: one example of ½ everywhere.</param>
    internal float[] Run(ReadOnlySpan<float> channels, SliceContext? context)
    {
        var logits = new float[Grid.Count];
        channels.CopyTo(_network.Target);
        _network.Run(context, logits, CancellationToken.None);
        return logits;
    }

    protected override void Unload()
    {
        _network.Dispose();
        _unet?.Dispose();
    }
}
