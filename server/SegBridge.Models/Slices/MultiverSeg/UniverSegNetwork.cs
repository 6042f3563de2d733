using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;
using SegBridge.Models.Slices.ScribblePromptUnet;

namespace SegBridge.Models.Slices.MultiverSeg;

/// <summary>
/// UniverSeg with ScribblePrompt-UNet (SP+UVS of the MultiverSeg paper): the part "universeg", a
/// <see cref="ContextNetwork"/> over the image alone, proposes from the examples; the part "unet" takes the proposal's
/// logits as those of the step before and refines them by the prompts. A step without prompts is the proposal itself, one
/// that has logits goes on from those, and with fewer examples than the manifest asks for "unet" is alone.
/// </summary>
internal sealed class UniverSegNetwork : SliceNetwork
{
    public const string PartName = "universeg";

    /// <summary>Three halvings within UniverSeg, four within the UNet.</summary>
    private const int Multiple = 16;

    private readonly ContextNetwork _universeg;
    private readonly OnnxPart _unet;
    private readonly PromptChannels _channels;
    private readonly int _leastContext;

    private UniverSegNetwork(ContextNetwork universeg, OnnxPart unet, SliceGrid grid, MinMaxNormalisation normalisation, int leastContext, string device)
        : base(device, grid)
    {
        _universeg = universeg;
        _unet = unet;
        _leastContext = leastContext;
        _channels = new PromptChannels(grid, normalisation);
    }

    /// <param name="manifest">A manifest of the family multiverseg that names the part "universeg".</param>
    /// <param name="files">Verified files by the name of their part.</param>
    /// <param name="device">Where the networks will run.</param>
    /// <exception cref="BundleException">Manifest or networks are not as the family needs them.</exception>
    public static UniverSegNetwork Load(ModelManifest manifest, IReadOnlyDictionary<string, string> files, InferenceDevice device)
    {
        var rules = new FamilyRules(manifest);
        rules.RequireFittedSlices(PromptChannels.Count, Multiple);
        rules.RequireCandidates(1);
        rules.RequireContext(true);
        rules.RequireParts([PartName, ScribblePromptUnetNetwork.PartName]);
        var normalisation = rules.RequireMinMax();
        var grid = new SliceGrid(manifest.Input.Size[0], manifest.Input.Size[1]);
        var unet = ScribblePromptUnetNetwork.LoadPart(files[ScribblePromptUnetNetwork.PartName], grid, device);
        try
        {
            var universeg = ContextNetwork.Load(PartName, files[PartName], device, grid, channels: 1);
            return new UniverSegNetwork(universeg, unet, grid, normalisation, manifest.LeastContext, device.Name);
        }
        catch
        {
            unet.Dispose();
            throw;
        }
    }

    public override SliceAnswer Predict(SliceStepInput step, CancellationToken cancellation)
    {
        var fit = new SliceFit(step.Image.Rows, step.Image.Columns, Grid);
        if (step.Context is { } context && context.Count >= _leastContext && (step.PreviousLogits is null || step.Prompts.IsEmpty))
        {
            var proposal = Propose(step.Image, context, cancellation);
            if (step.Prompts.IsEmpty)
            {
                return SliceAnswer.Of(proposal, fit, step.Prompts);
            }

            step = step with { PreviousLogits = proposal };
        }

        _channels.Write(step, fit, _unet.Input);
        cancellation.ThrowIfCancellationRequested();
        var logits = new float[Grid.Count];
        _unet.Run(logits, cancellation);
        return SliceAnswer.Of(logits, fit, step.Prompts);
    }

    public override SliceExample ExampleOf(SliceImage image, ReadOnlySpan<byte> mask) => ExampleMask.ExampleOf(image, mask, _channels.Images, Grid);

    protected override void Unload()
    {
        _universeg.Dispose();
        _unet.Dispose();
    }

    private float[] Propose(SliceImage image, SliceContext context, CancellationToken cancellation)
    {
        _channels.Images.Of(image).Span.CopyTo(_universeg.Target);
        cancellation.ThrowIfCancellationRequested();
        var proposal = new float[Grid.Count];
        _universeg.Run(context, proposal, cancellation);
        return proposal;
    }
}
