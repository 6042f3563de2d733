using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Sessions.Errors;

namespace SegBridge.Sessions.Prompts;

/// <summary>Refuses prompts that make no sense on a volume, before any work is done. Names each by its place.</summary>
internal static class PromptChecks
{
    private const double MaxRadiusMm = 100;

    public static void Require(IReadOnlyList<Prompt> prompts, VolumeSize volume, SessionOptions options)
    {
        if (prompts.Count > options.MaxPrompts)
        {
            throw new LimitExceededException($"prompts: {prompts.Count} in one step; send at most {options.MaxPrompts}");
        }

        for (var n = 0; n < prompts.Count; n++)
        {
            Require(prompts[n], $"prompts[{n}]", volume, options);
        }
    }

    private static void Require(Prompt prompt, string what, VolumeSize volume, SessionOptions options)
    {
        switch (prompt)
        {
            case PointPrompt point:
                RequireInside(point.At, what, volume);
                break;
            case BoxPrompt box:
                if (box.Box.IsEmpty || box.Box.Intersect(volume.Bounds).IsEmpty)
                {
                    throw new InvalidRequestException($"{what}: the box {box.Box} holds no voxel of the volume of {volume} voxels");
                }

                break;
            case ScribblePrompt scribble:
                RequireVoxels(scribble.Voxels, what, volume);
                if (scribble.Voxels.Count is var count && (count == 0 || count > options.MaxPromptVoxels))
                {
                    throw new InvalidRequestException($"{what}: the scribble has {count} voxels; it takes 1 to {options.MaxPromptVoxels}");
                }

                break;
            case StrokePrompt stroke:
                RequirePath(stroke.Path, 1, what, volume, options);
                if (!(stroke.RadiusMm is >= 0 and <= MaxRadiusMm))
                {
                    throw new InvalidRequestException($"{what}: the brush radius is {stroke.RadiusMm} mm; it takes 0 to {MaxRadiusMm}");
                }

                break;
            case LassoPrompt lasso:
                RequirePath(lasso.Outline, 3, what, volume, options);
                break;
            case MaskPrompt mask:
                RequireVoxels(mask.Mask, what, volume);
                break;
        }
    }

    private static void RequirePath(IReadOnlyList<VoxelPoint> path, int atLeast, string what, VolumeSize volume, SessionOptions options)
    {
        if (path.Count < atLeast || path.Count > options.MaxPromptVoxels)
        {
            throw new InvalidRequestException($"{what}: it has {path.Count} points; it takes {atLeast} to {options.MaxPromptVoxels}");
        }

        foreach (var point in path)
        {
            RequireInside(point, what, volume);
        }
    }

    private static void RequireInside(VoxelPoint at, string what, VolumeSize volume)
    {
        static bool Inside(double index, int size) => index >= -0.5 && index <= size - 0.5;

        if (!Inside(at.I, volume.I) || !Inside(at.J, volume.J) || !Inside(at.K, volume.K))
        {
            throw new InvalidRequestException($"{what}: the position {at} is outside the volume of {volume} voxels");
        }
    }

    private static void RequireVoxels(BitBlock voxels, string what, VolumeSize volume)
    {
        if (voxels.Box.IsEmpty || !volume.Bounds.Encloses(voxels.Box))
        {
            throw new InvalidRequestException($"{what}: the box {voxels.Box} must not be empty and must lie inside the volume of {volume} voxels");
        }
    }
}
