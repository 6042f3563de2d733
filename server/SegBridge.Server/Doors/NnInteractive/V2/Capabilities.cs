using SegBridge.Models.Bundles;
using SegBridge.Server.Mapping;

namespace SegBridge.Server.Doors.NnInteractive.V2;

/// <summary>What clients may offer their users with a model.</summary>
internal static class Capabilities
{
    // In voxels: strokes are drawn about as thick as those that the models learned from.
    private static readonly int[] Brush = [1, 2, 2];
    private static readonly ChannelMapping Channels = new(0, [1, 2], [1, 2], [1, 2], [3, 4], [5, 6]);

    public static CapabilitiesReply Of(ModelManifest model)
    {
        var (strokes, boxes) = (model.Prompts.Contains(PromptKind.Scribble), model.Prompts.Contains(PromptKind.Box));
        return new CapabilitiesReply(
            new SupportedInteractions(model.Prompts.Contains(PromptKind.Point), strokes, strokes, boxes, boxes && model.Dimension == 3),
            Channels,
            NumInteractionChannels: 7,
            SupportsInitialLabel: true,
            SupportsZeroShotLabelRefinement: false,
            Brush,
            InteractionDecay: 1,
            [.. model.Dimension == 3 ? [] : (int[])[1], .. model.Input.Size],
            DoAutozoom: true,
            $"SegBridge {SessionMapping.ServerVersion} / {model.Id} {model.Version}",
            model.Licence,
            SupportsUndo: true);
    }
}
