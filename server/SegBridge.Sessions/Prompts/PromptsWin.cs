using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Sessions.Prompts;

/// <summary>
/// Makes what the user drew hold in a mask, whatever the model said: every voxel of a positive click, scribble or lasso
/// is inside and every one of a negative outside; where two disagree, the newer counts. Cells of the model's grid are the
/// measure of what "around" means, since below them the model sees no detail.
/// <list type="bullet">
/// <item>Where the mask before the step held an earlier prompt and the new one does not, the step has made it worse there:
/// the mask before comes back within a ball of <see cref="ReachOfEarlier"/> cells.</item>
/// <item>A click or scribble that is missed still takes a ball of the size of one cell along, so that it leaves no hole or
/// speck of a single voxel. A lasso is an outline of the user's own and reaches no further.</item>
/// </list>
/// Both sizes were chosen by measuring, on training cases.
/// </summary>
internal static class PromptsWin
{
    // In cells.
    private const double ReachOfEarlier = 1.5;
    private const double ReachOfMissed = 0.5;

    /// <param name="content">A predicted mask; changed.</param>
    /// <param name="before">The mask before the step, in the same box.</param>
    /// <param name="earlier">The segment's prompts before the step, oldest first.</param>
    /// <param name="own">The step's prompts.</param>
    /// <param name="geometry">The volume's grid.</param>
    /// <param name="cellMm">Millimetres of a cell of the model's grid; 0 for the prompts' voxels alone.</param>
    public static BitBlock In(
        BitBlock content, BitBlock before, IReadOnlyCollection<DrawnPrompt> earlier, IEnumerable<DrawnPrompt> own, VolumeGeometry geometry, double cellMm)
    {
        var marks = MarksIn(content.Box, earlier.Concat(own), geometry);
        if (marks.Count == 0)
        {
            return content;
        }

        var wanted = content.Crop(content.Box);
        Set(wanted, marks);
        bool IsMissed(PromptMark mark) => !mark.IsArea && content[mark.Voxel] != mark.IsInside && wanted[mark.Voxel] == mark.IsInside;
        IEnumerable<Ijk> Around(PromptMark mark, double cells) =>
            TubeRaster.VoxelsOf([mark.Voxel.Centre], cells * cellMm, geometry).Where(content.Box.Contains);

        foreach (var mark in MarksIn(content.Box, earlier, geometry))
        {
            // Of a stroke's voxels, one ball often covers the next.
            if (IsMissed(mark) && before[mark.Voxel] == mark.IsInside)
            {
                foreach (var neighbour in Around(mark, ReachOfEarlier))
                {
                    content[neighbour] = before[neighbour];
                }
            }
        }

        foreach (var mark in marks.Where(IsMissed).ToList())
        {
            if (IsMissed(mark))
            {
                foreach (var neighbour in Around(mark, ReachOfMissed))
                {
                    content[neighbour] = mark.IsInside;
                }
            }
        }

        Set(content, marks);
        return content;
    }

    private static List<PromptMark> MarksIn(VoxelBox box, IEnumerable<DrawnPrompt> drawn, VolumeGeometry geometry)
    {
        bool Meets(VoxelBox other) => !other.Intersect(box).IsEmpty;
        var near = drawn
            .Where(drawing => drawing.Slice is not { } slice || Meets(slice.BoxIn(geometry.Size)))
            .Where(drawing => drawing.Prompt is not ScribblePrompt scribble || Meets(scribble.Voxels.Box));
        return [.. VolumePromptRaster.Draw(near, geometry).Marks.Where(mark => box.Contains(mark.Voxel))];
    }

    private static void Set(BitBlock content, IReadOnlyList<PromptMark> marks)
    {
        foreach (var mark in marks)
        {
            content[mark.Voxel] = mark.IsInside;
        }
    }
}
