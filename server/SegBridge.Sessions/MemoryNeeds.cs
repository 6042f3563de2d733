using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Sessions;

/// <summary>What a session needs at least, in bytes.</summary>
/// <param name="ModelBytes">Image features of one place and the buffers of a step on it.</param>
/// <param name="LeastBrickBytes">The voxels without which no step works.</param>
/// <param name="Place">Where those are, in words.</param>
internal sealed record MemoryNeeds(long ModelBytes, long LeastBrickBytes, string Place)
{
    // Positive, negative and box maps; the logits of the step before, the refined ones, and the error map.
    private const int VolumeMaps = 6;

    public static MemoryNeeds Of(SessionModel model, VolumeDescription volume)
    {
        var slice = new SlicePlane(Axis.K, 0).BoxIn(volume.Geometry.Size).VoxelCount;
        return model switch
        {
            SessionModel.OnVolume { Model: var patches } => new MemoryNeeds(
                patches.FeatureBytes + Floats((long)patches.LogitCount * (VolumeMaps + patches.Manifest.Candidates)),
                Math.Min(volume.Bytes, volume.BrickSize.VoxelCount * volume.VoxelType.Bytes()),
                "around its prompts"),
            SessionModel.OnSlices { Model: var slices } => new MemoryNeeds(
                slices.FeatureBytes + Floats(slice + ((long)slices.LogitCount * (1 + slices.Manifest.Candidates))),
                slice * volume.VoxelType.Bytes(),
                "of its slice"),
            _ => throw new InvalidOperationException($"{model} is no model of slices or volumes"),
        };
    }

    private static long Floats(long count) => count * sizeof(float);
}
