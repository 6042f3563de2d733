using SegBridge.Models.Bundles;
using SegBridge.Models.Slices.ScribblePromptUnet;

namespace SegBridge.Models.Slices;

/// <summary>
/// The input that ScribblePrompt-UNet and MultiverSeg share: image in [0, 1], boxes, positive prompts, negative prompts,
/// logits of the previous step (zeros at the first), each rows × columns of the grid.
/// </summary>
internal sealed class PromptChannels(SliceGrid grid, MinMaxNormalisation normalisation)
{
    public const int Count = 5;

    /// <summary>The images of slices on the grid.</summary>
    public FittedImages Images { get; } = new(grid, normalisation);

    /// <param name="step">The step.</param>
    /// <param name="fit">Its slice on the grid.</param>
    /// <param name="channels">Receives [5, rows, columns].</param>
    public void Write(SliceStepInput step, SliceFit fit, Span<float> channels)
    {
        Images.Of(step.Image).Span.CopyTo(channels);
        PromptEncoder.WriteBoxes(step.Prompts.Boxes, fit, Channel(channels, 1));
        PromptEncoder.WritePointsAndScribbles(step.Prompts, fit, Channel(channels, 2), Channel(channels, 3));
        if (step.PreviousLogits is { } previous)
        {
            previous.Span.CopyTo(Channel(channels, 4));
        }
        else
        {
            Channel(channels, 4).Clear();
        }
    }

    private Span<float> Channel(Span<float> channels, int channel) => channels.Slice(channel * grid.Count, grid.Count);
}
