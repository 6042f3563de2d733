using SegBridge.Imaging.Geometry;
using SegBridge.Models.Bundles;
using SegBridge.Sessions.Errors;

namespace SegBridge.Server.Doors.Monai;

/// <summary>What the prompts of an inference mean to a model.</summary>
internal static class PromptReading
{
    /// <param name="asked">As the client sent it.</param>
    /// <param name="drawn">The label map that came along; null: none.</param>
    /// <param name="model">Who is asked.</param>
    /// <param name="size">Of the image.</param>
    /// <exception cref="InvalidRequestException">The box lies outside the image.</exception>
    public static SaidPrompts Of(InferParams asked, ScribbleMap? drawn, ModelManifest model, VolumeSize size)
    {
        var box = asked.Roi.Intersect(size.Bounds);
        if (box.IsEmpty && !asked.Roi.IsEmpty)
        {
            throw new InvalidRequestException($"params.roi: the box {asked.Roi} holds no voxel of the image of {size} voxels");
        }

        var said = new SaidPrompts { ModelId = model.Id, Box = box };
        if (drawn is not null)
        {
            said = said with { Inside = drawn.Inside, Outside = drawn.Outside, IsOnSlices = model.Dimension == 2 };
        }

        return model.Dimension == 2
            ? drawn is null ? OnOneSlice(said, asked) : said
            : said with { Foreground = [.. asked.Foreground], Background = [.. asked.Background] };
    }

    // Clients send what is on the slice that they show, except on the first one, where they send all there is.
    private static SaidPrompts OnOneSlice(SaidPrompts said, InferParams asked)
    {
        VoxelPoint[] points = [.. asked.Background, .. asked.Foreground];
        int k;
        if (points.Length > 0)
        {
            k = Array.Exists(points, point => point.Nearest().K == asked.Slice) ? asked.Slice!.Value : points[^1].Nearest().K;
        }
        else if (!said.Box.IsEmpty)
        {
            k = (said.Box.Lower.K + said.Box.Upper.K - 1) / 2;
        }
        else
        {
            return said;
        }

        bool IsOn(VoxelPoint point) => point.Nearest().K == k;
        return said with
        {
            Slice = new SlicePlane(Axis.K, k),
            Foreground = [.. asked.Foreground.Where(IsOn)],
            Background = [.. asked.Background.Where(IsOn)],
            Box = said.Box.Intersect(new VoxelBox(new Ijk(0, 0, k), new Ijk(int.MaxValue, int.MaxValue, k + 1))),
        };
    }
}
