using SegBridge.Imaging.Geometry;

namespace SegBridge.Cli.CommandLine;

/// <summary>Which bricks to send for work on slices: thin ones across the slices cost a fraction of cubes.</summary>
internal static class BrickShape
{
    private const int Wide = 64;
    private const int Thin = 4;

    /// <summary>For work in all directions.</summary>
    public static VolumeSize Cube { get; } = new(32, 32, 32);

    /// <summary>64 × 64 × 4 with the 4 across the slices; 32³ where slices lie across several axes.</summary>
    public static VolumeSize For(IEnumerable<Axis> axes) => axes.Distinct().ToArray() switch
    {
        [Axis.I] => new VolumeSize(Thin, Wide, Wide),
        [Axis.J] => new VolumeSize(Wide, Thin, Wide),
        [Axis.K] or [] => new VolumeSize(Wide, Wide, Thin),
        _ => Cube,
    };
}
