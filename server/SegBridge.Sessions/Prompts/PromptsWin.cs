using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Sessions.Prompts;

/// <summary>
/// Makes what the user drew hold in a mask, whatever the model said: every voxel of a positive click, scribble or lasso
/// is inside and every one of a negative outside; where two disagree, the newer counts. A click or scribble that the
/// model missed also takes a ball of the size of one cell of the model's grid along, below which the model sees no detail,
/// so that it leaves no hole or speck of a single voxel. A lasso is an outline of the user's own and reaches no further.
/// </summary>
internal static class PromptsWin
{
    /// <param name="content">A predicted mask; changed.</param>
    /// <param name="drawn">All prompts of the segment, oldest first.</param>
    /// <param name="geometry">The volume's grid.</param>
    /// <param name="cellMm">Millimetres of a cell of the model's grid; 0 for the prompts' voxels alone.</param>
    public static BitBlock In(BitBlock content, IEnumerable<DrawnPrompt> drawn, VolumeGeometry geometry, double cellMm)
    {
        bool Meets(VoxelBox box) => !box.Intersect(content.Box).IsEmpty;
        var near = drawn
            .Where(drawing => drawing.Slice is not { } slice || Meets(slice.BoxIn(geometry.Size)))
            .Where(drawing => drawing.Prompt is not ScribblePrompt scribble || Meets(scribble.Voxels.Box));
        var marks = VolumePromptRaster.Draw(near, geometry).Marks.Where(mark => content.Box.Contains(mark.Voxel)).ToList();
        if (marks.Count == 0)
        {
            return content;
        }

        var wanted = content.Crop(content.Box);
        Set(wanted, marks);
        var missed = marks.Where(mark => !mark.IsArea && content[mark.Voxel] != mark.IsInside && wanted[mark.Voxel] == mark.IsInside).ToList();
        foreach (var mark in missed)
        {
            // Of a stroke's voxels, one ball often covers the next.
            if (content[mark.Voxel] != mark.IsInside)
            {
                foreach (var neighbour in TubeRaster.VoxelsOf([mark.Voxel.Centre], cellMm / 2, geometry).Where(content.Box.Contains))
                {
                    content[neighbour] = mark.IsInside;
                }
            }
        }

        Set(content, marks);
        return content;
    }

    private static void Set(BitBlock content, IReadOnlyList<PromptMark> marks)
    {
        foreach (var mark in marks)
        {
            content[mark.Voxel] = mark.IsInside;
        }
    }
}
