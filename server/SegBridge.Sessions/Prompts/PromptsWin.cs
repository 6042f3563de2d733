using SegBridge.Imaging.Masks;

namespace SegBridge.Sessions.Prompts;

/// <summary>Makes what the user drew hold in the mask, whatever the model said.</summary>
internal static class PromptsWin
{
    /// <summary>Sets the voxels of positive and clears those of negative clicks and strokes, as far as they are in the block.</summary>
    public static BitBlock In(BitBlock content, VolumePromptVoxels drawn)
    {
        foreach (var (voxel, polarity) in drawn.Marks)
        {
            if (content.Box.Contains(voxel))
            {
                content[voxel] = polarity == Polarity.Positive;
            }
        }

        return content;
    }
}
