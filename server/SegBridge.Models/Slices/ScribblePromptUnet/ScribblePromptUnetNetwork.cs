using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;

namespace SegBridge.Models.Slices.ScribblePromptUnet;

/// <summary>
/// ScribblePrompt-UNet: float32 "input" [1, 5, rows, columns], see <see cref="PromptChannels"/>, to "logits"
/// [1, 1, rows, columns].
/// </summary>
internal sealed class ScribblePromptUnetNetwork : SliceNetwork
{
    public const string PartName = "unet";

    /// <summary>Four halvings within the network.</summary>
    private const int Multiple = 16;

    private readonly OnnxPart _part;
    private readonly PromptChannels _channels;

    private ScribblePromptUnetNetwork(OnnxPart part, SliceGrid grid, MinMaxNormalisation normalisation, string device)
        : base(device, grid)
    {
        _part = part;
        _channels = new PromptChannels(grid, normalisation);
    }

    /// <param name="manifest">A manifest of this family.</param>
    /// <param name="files">Verified files by the name of their part.</param>
    /// <param name="device">Where the network will run.</param>
    /// <exception cref="BundleException">Manifest or network are not as the family needs them.</exception>
    public static ScribblePromptUnetNetwork Load(ModelManifest manifest, IReadOnlyDictionary<string, string> files, InferenceDevice device)
    {
        var rules = new FamilyRules(manifest);
        rules.RequireFittedSlices(PromptChannels.Count, Multiple);
        rules.RequireCandidates(1);
        rules.RequireContext(false);
        rules.RequireParts([PartName]);
        var normalisation = rules.RequireMinMax();
        var grid = new SliceGrid(manifest.Input.Size[0], manifest.Input.Size[1]);
        return new ScribblePromptUnetNetwork(LoadPart(files[PartName], grid, device), grid, normalisation, device.Name);
    }

    /// <summary>The network itself, which other families use where they have no context.</summary>
    /// <exception cref="BundleException">It is another network.</exception>
    public static OnnxPart LoadPart(string file, SliceGrid grid, InferenceDevice device) => OnnxPart.Load(
        PartName, file, device,
        new TensorContract("input", [1, PromptChannels.Count, grid.Rows, grid.Columns]),
        new TensorContract("logits", [1, 1, grid.Rows, grid.Columns]));

    public override SliceAnswer Predict(SliceStepInput step, CancellationToken cancellation)
    {
        var fit = new SliceFit(step.Image.Rows, step.Image.Columns, Grid);
        _channels.Write(step, fit, _part.Input);
        cancellation.ThrowIfCancellationRequested();
        var logits = new float[Grid.Count];
        _part.Run(logits, cancellation);
        return SliceAnswer.Of(logits, fit, step.Prompts);
    }

    protected override void Unload() => _part.Dispose();
}
