using SegBridge.Imaging.Geometry;

namespace SegBridge.Cli.Bench.Clicks;

/// <summary>Prompts of the bench as messages.</summary>
internal static class ClickPrompt
{
    public static V1.Prompt At(int i, int j, int k, bool positive) => new()
    {
        Point = new V1.PointPrompt
        {
            Polarity = positive ? V1.Polarity.Positive : V1.Polarity.Negative,
            Ijk = new V1.VoxelPoint { I = i, J = j, K = k },
        },
    };

    /// <summary>A stroke along a wave through a slice, a position for every voxel of its length.</summary>
    public static V1.Prompt Stroke(VolumeSize size, int k, int length)
    {
        var path = new V1.VoxelPoints();
        for (var n = 0; n < length; n++)
        {
            // Row after row, since a long stroke does not fit into one.
            var (i, row) = (n % (size.I - 1), n / (size.I - 1));
            path.Coordinates.AddRange([i, Math.Clamp((size.J / 4) + (4 * row) + (3 * MathF.Sin(i / 9f)), 0, size.J - 1), k]);
        }

        return new V1.Prompt { Scribble = new V1.ScribblePrompt { Polarity = V1.Polarity.Positive, Path = new V1.Polyline { Ijk = path } } };
    }
}
