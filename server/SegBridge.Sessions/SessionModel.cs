using SegBridge.Models.Bundles;
using SegBridge.Models.Slices;
using SegBridge.Models.Volumes;

namespace SegBridge.Sessions;

/// <summary>A model as a session uses it: on slices, or on the volume.</summary>
internal abstract record SessionModel
{
    private SessionModel()
    {
    }

    public abstract ModelManifest Manifest { get; }

    internal sealed record OnSlices(ISliceModel Model) : SessionModel
    {
        public override ModelManifest Manifest => Model.Manifest;
    }

    internal sealed record OnVolume(IVolumeModel Model) : SessionModel
    {
        public override ModelManifest Manifest => Model.Manifest;
    }
}
