using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Sessions.Bricks;

namespace SegBridge.Sessions;

/// <summary>
/// Statistics of a session's volume for models that go by them: those that the client sent, else those of the voxels that
/// the first finished step was read from. They stay for the session, whatever bricks come later, so that all its steps
/// agree, and a replay of them too. Thread-safe.
/// </summary>
internal sealed class VolumeStatistics(VolumeDescription volume, BrickInbox inbox)
{
    private IntensityStatistics? _frozen = volume.Statistics;

    /// <summary>Those in force, or of a box whose bricks are all here while there are none.</summary>
    public IntensityStatistics Or(VoxelBox box)
    {
        if (Volatile.Read(ref _frozen) is { } frozen)
        {
            return frozen;
        }

        var values = new float[box.VoxelCount];
        inbox.Store.ReadBox(box, values);
        // A patch beside the volume, or without a number in it, is normalised to nothing by any statistics.
        return Array.Exists(values, float.IsFinite) ? IntensityStatistics.Of(values) : new IntensityStatistics(0, 0, 0, 0, 0, 0);
    }

    /// <summary>Puts statistics in force unless others already are.</summary>
    public void Freeze(IntensityStatistics statistics) => Interlocked.CompareExchange(ref _frozen, statistics, null);
}
