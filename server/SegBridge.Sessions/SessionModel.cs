using SegBridge.Models.Slices;
using SegBridge.Models.Volumes;

namespace SegBridge.Sessions;

/// <summary>A model as a session uses it: on slices, or on the volume.</summary>
internal abstract record SessionModel
{
    private SessionModel()
    {
    }

    internal sealed record OnSlices(ISliceModel Model) : SessionModel;

    internal sealed record OnVolume(IVolumeModel Model) : SessionModel;
}
