using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;

namespace SegBridge.Models.Slices.ScribblePromptUnet;

/// <summary>
/// ScribblePrompt-UNet: float32 "input" [1, 5, rows, columns] to "logits" [1, 1, rows, columns]. Channels: image in [0, 1],
/// boxes, positive prompts, negative prompts, logits of the previous step (zeros at the first).
/// </summary>
internal sealed class ScribblePromptUnetNetwork : SliceNetwork
{
    private const string PartName = "unet";
    private const int Channels = 5;
    /// <summary>Four halvings within the network.</summary>
    private const int Multiple = 16;

    private readonly OnnxPart _part;
    private readonly FittedImages _images;

    private ScribblePromptUnetNetwork(OnnxPart part, SliceGrid grid, Normalisation normalisation, string device)
        : base(device, grid)
    {
        _part = part;
        _images = new FittedImages(grid, normalisation);
    }

    /// <param name="manifest">A manifest of this family.</param>
    /// <param name="files">Verified files by the name of their part.</param>
    /// <param name="device">Where the network will run.</param>
    /// <exception cref="BundleException">Manifest or network are not as the family needs them.</exception>
    public static ScribblePromptUnetNetwork Load(ModelManifest manifest, IReadOnlyDictionary<string, string> files, InferenceDevice device)
    {
        Require(manifest);
        var grid = new SliceGrid(manifest.Input.Size[0], manifest.Input.Size[1]);
        var part = OnnxPart.Load(
            PartName, files[PartName], device,
            new TensorContract("input", [1, Channels, grid.Rows, grid.Columns]),
            new TensorContract("logits", [1, 1, grid.Rows, grid.Columns]));
        return new ScribblePromptUnetNetwork(part, grid, manifest.Normalisation, device.Name);
    }

    public override (float[] Logits, DecodedMask Mask) Predict(
        SliceImage image, SlicePrompts prompts, ReadOnlySpan<float> previousLogits, CancellationToken cancellation)
    {
        var fit = new SliceFit(image.Rows, image.Columns, Grid);
        Encode(image, prompts, previousLogits, fit);
        cancellation.ThrowIfCancellationRequested();
        var logits = new float[Grid.Count];
        _part.Run(logits, cancellation);
        return (logits, MaskDecoder.Decode(logits, fit));
    }

    protected override void Unload() => _part.Dispose();

    private void Encode(SliceImage image, SlicePrompts prompts, ReadOnlySpan<float> previousLogits, SliceFit fit)
    {
        _images.Of(image).CopyTo(Channel(0));
        PromptEncoder.WriteBoxes(prompts.Boxes, fit, Channel(1));
        PromptEncoder.WritePointsAndScribbles(prompts, fit, Channel(2), Channel(3));
        if (previousLogits.IsEmpty)
        {
            Channel(4).Clear();
        }
        else
        {
            previousLogits.CopyTo(Channel(4));
        }
    }

    private Span<float> Channel(int channel) => _part.Input.AsSpan(channel * Grid.Count, Grid.Count);

    private static void Require(ModelManifest manifest)
    {
        const string family = "the family scribbleprompt-unet";
        if (manifest.Dimension != 2 || manifest.Input.SpacingMm is not null)
        {
            throw new BundleException($"{family} works on 2D slices fitted to its grid: dimension must be 2 and input.spacing \"fit\"");
        }

        if (manifest.Input.Channels != Channels)
        {
            throw new BundleException($"{family} has {Channels} input channels, input.channels is {manifest.Input.Channels}");
        }

        if (manifest.Input.Size.Any(length => length % Multiple != 0))
        {
            throw new BundleException(
                $"{family} halves its grid four times: input.size must be multiples of {Multiple}, it is [{string.Join(", ", manifest.Input.Size)}]");
        }

        if (manifest.Candidates != 1 || manifest.UsesContext)
        {
            throw new BundleException($"{family} gives one mask and takes no context: candidates must be 1 and context false");
        }

        if (manifest.Parts.Count != 1 || manifest.Parts[0].Name != PartName)
        {
            throw new BundleException(
                $"{family} has the one part \"{PartName}\", the manifest names {string.Join(", ", manifest.Parts.Select(part => $"\"{part.Name}\""))}");
        }
    }
}
