using SegBridge.Cli.Client;
using SegBridge.Cli.Simulation;
using SegBridge.Imaging.Masks;

namespace SegBridge.Cli.Play;

/// <summary>What was drawn in a volume, as the contract's prompts.</summary>
internal static class VolumePromptMessages
{
    public static IEnumerable<V1.Prompt> Of(VolumePrompts drawn)
    {
        if (drawn.Box is { } box)
        {
            yield return new V1.Prompt { Box = new V1.BoxPrompt { Box = box.ToWire() } };
        }

        foreach (var click in drawn.Clicks)
        {
            yield return new V1.Prompt { Point = new V1.PointPrompt { Polarity = Polarity(click.Positive), Ijk = click.Voxel.Centre.ToWire() } };
        }

        foreach (var (voxels, positive) in new (BitBlock?, bool)[] { (drawn.Positive, true), (drawn.Negative, false) })
        {
            if (voxels is not null)
            {
                yield return new V1.Prompt { Scribble = new V1.ScribblePrompt { Polarity = Polarity(positive), Voxels = voxels.ToWire() } };
            }
        }
    }

    private static V1.Polarity Polarity(bool positive) => positive ? V1.Polarity.Positive : V1.Polarity.Negative;
}
