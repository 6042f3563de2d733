using System.Globalization;
using SegBridge.Models.Volumes.Patches;

namespace SegBridge.Models.Volumes;

/// <summary>Checks what a caller gives before it waits for the device.</summary>
internal static class VolumeInput
{
    public static void RequirePatch(VolumePatch patch, int size)
    {
        ArgumentNullException.ThrowIfNull(patch);
        if (patch.Size != size || patch.Voxels.Length != (long)size * size * size)
        {
            throw new ArgumentException(
                $"the patch must have the model's {size}³ voxels, got {patch.Voxels.Length} for a size of {patch.Size}", nameof(patch));
        }

        if (patch.Inside is { } inside && !inside.IsWithin(size))
        {
            throw new ArgumentException(
                $"the part of the patch inside the volume must have voxels and lie within its {size}³, it is {inside.Lower} to {inside.Upper}", nameof(patch));
        }
    }

    public static void RequirePrompts(VolumePrompts prompts, int size)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        foreach (var point in prompts.Points)
        {
            if (!point.IsWithin(size))
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"the point at ({point.R}, {point.A}, {point.S}) is not on the patch of {size}³ voxels"), nameof(prompts));
            }
        }

        foreach (var voxel in prompts.Positive.Concat(prompts.Negative))
        {
            if (!voxel.IsWithin(size))
            {
                throw new ArgumentException(
                    $"the scribbled voxel ({voxel.R}, {voxel.A}, {voxel.S}) is not on the patch of {size}³ voxels", nameof(prompts));
            }
        }

        if (prompts.Box is { } box && !box.IsWithin(size))
        {
            throw new ArgumentException(
                $"the box must have voxels and lie within the patch of {size}³ voxels, it is {box.Lower} to {box.Upper}", nameof(prompts));
        }
    }

    public static void RequireSome(VolumePrompts prompts)
    {
        if (prompts.IsEmpty)
        {
            throw new ArgumentException("a step needs a prompt: a click, a scribble or a box", nameof(prompts));
        }
    }

    public static void RequireMaps(PromptMaps maps, int size)
    {
        ArgumentNullException.ThrowIfNull(maps);
        if (maps.Size != size)
        {
            throw new ArgumentException($"the prompt maps must cover the model's {size}³ voxels, they cover {maps.Size}³", nameof(maps));
        }
    }

    public static void RequireLogits(ReadOnlyMemory<float> logits, int size, string name)
    {
        if (logits.Length != size * size * size)
        {
            throw new ArgumentException($"the {name} must be the model's {size}³ = {size * size * size} values, got {logits.Length}", name);
        }
    }
}
