using System.Runtime.InteropServices;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;
using SegBridge.Sessions.Bricks;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Steps;

namespace SegBridge.Sessions.Tests;

/// <summary>A session on a volume of floats that holds a field over patient space; bricks come when a step asks for them.</summary>
internal sealed class FieldSession : IDisposable
{
    private readonly Func<LpsPoint, double> _field;
    private readonly Session _session;

    public FieldSession(VolumeGeometry geometry, Func<LpsPoint, double> field, SessionModel model, IntensityStatistics? statistics = null)
    {
        _field = field;
        var volume = new VolumeDescription(geometry, VoxelType.Float32, Rescale.Identity, new VolumeSize(16, 16, 16)) { Statistics = statistics };
        var options = new SessionOptions { MaxTotalBytes = 1 << 30 };
        var state = new SessionState("0123456789abcdef0123456789abcdef", volume, options, new ServerMemory(options), TimeProvider.System);
        _session = new Session(state, FieldModel.Id, _ => model);
    }

    public VolumeGeometry Geometry => _session.Volume.Geometry;

    /// <summary>The segment's mask on the whole volume.</summary>
    public BitBlock Mask => _session.GetMask("1", Geometry.Bounds);

    public Task<StepResult> StepAsync(params Prompt[] prompts) => StepAsync(new StepRequest { SegmentId = "1", Prompts = prompts });

    public async Task<StepResult> StepAsync(StepRequest request)
    {
        StepEvent? last = null;
        await foreach (var happened in _session.PredictAsync(request, default))
        {
            if (happened is NeedsBricksEvent needs)
            {
                _session.PutBricks([.. needs.Required.Select(BrickAt)]);
            }

            last = happened;
        }

        return Assert.IsType<StepResult>(last);
    }

    public void Undo() => _session.Undo("1");

    public void GoTo(int step) => _session.GoToStep("1", step);

    public void Dispose() => _session.Close();

    private EncodedBrick BrickAt(BrickIndex index)
    {
        float[] values = [.. Voxels.Of(_session.Grid.BoxOf(index)).Select(voxel => (float)_field(Geometry.ToLps(voxel)))];
        return new EncodedBrick(index, BrickEncoding.Raw, MemoryMarshal.AsBytes(values.AsSpan()).ToArray(), null);
    }
}
