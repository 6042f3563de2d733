using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;
using SegBridge.Sessions.Bricks;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Steps;

namespace SegBridge.Sessions.Tests.Steps;

/// <summary>
/// A session on a volume of 12×10×20 bytes that is bright in the box [3, 9) × [2, 8) of the slices 3 to 16 across K;
/// the first pixel of each of these slices is the slice's number.
/// </summary>
internal sealed class PropagationSession : IDisposable
{
    public static readonly VolumeSize Size = new(12, 10, 20);

    public const int FirstShown = 3;
    public const int LastShown = 16;

    /// <summary>Pixels of the object on a slice that shows it.</summary>
    public const int Area = 36;

    private readonly SessionState _state;

    public PropagationSession(bool usesContext = false)
    {
        var options = new SessionOptions { MaxTotalBytes = 16 << 20 };
        var geometry = VolumeGeometry.AxisAligned(Size, new Spacing(1, 1, 3));
        var volume = new VolumeDescription(geometry, VoxelType.UInt8, Rescale.Identity, new VolumeSize(12, 10, 1));
        Model = new FollowingModel(usesContext, Size.J, Size.I);
        _state = new SessionState(new string('a', 32), volume, options, new ServerMemory(options), TimeProvider.System);
        Session = new Session(_state, FollowingModel.Id, _ => new SessionModel.OnSlices(Model));
    }

    public Session Session { get; }

    public FollowingModel Model { get; }

    public PropagationSession WithBricks()
    {
        Session.PutBricks([.. Enumerable.Range(0, Size.K).Select(BrickAt)]);
        return this;
    }

    public EncodedBrick BrickAt(int k)
    {
        var voxels = new byte[Size.I * Size.J];
        for (var n = 0; n < voxels.Length; n++)
        {
            var (i, j) = (n % Size.I, n / Size.I);
            voxels[n] = i is >= 3 and < 9 && j is >= 2 and < 8 && k is >= FirstShown and <= LastShown ? (byte)200 : (byte)0;
        }

        voxels[0] = (byte)k;
        return new EncodedBrick(
            new BrickIndex(0, 0, k), BrickEncoding.Raw, BrickCodec.Encode(voxels, new VolumeSize(12, 10, 1), VoxelType.UInt8, BrickEncoding.Raw), null);
    }

    public static SlicePlane Slice(int k) => new(Axis.K, k);

    public static PropagationRequest Request(int first, int last, float stopBelow = 0, params int[] from) =>
        new() { SegmentId = "1", First = first, Last = last, StopBelow = stopBelow, From = [.. from.Select(Slice)] };

    /// <summary>A step of the user: clicks that put pixels in or take them out.</summary>
    public async Task<StepResult> PredictAsync(int k, params (int I, int J, Polarity Polarity)[] clicks)
    {
        var prompts = clicks.Select(click => (Prompt)new PointPrompt(click.Polarity, new VoxelPoint(click.I, click.J, k)));
        var request = new StepRequest { SegmentId = "1", Slice = Slice(k), Prompts = [.. prompts] };
        return (StepResult)(await Session.PredictAsync(request, default).ToListAsync())[^1];
    }

    public async Task<List<StepEvent>> PropagateAsync(PropagationRequest request) =>
        await Session.PropagateAsync(request, default).ToListAsync();

    /// <summary>Slices that a run filled or emptied, in order.</summary>
    public async Task<int[]> FillAsync(PropagationRequest request) =>
        [.. (await PropagateAsync(request)).OfType<StepResult>().Select(result => result.Slice!.Value.Index)];

    /// <summary>Set voxels of a slice.</summary>
    public long CountOn(int k) => Session.GetMask("1", Slice(k).BoxIn(Size)).Count;

    public byte[] Mask() => Session.GetMask("1", Size.Bounds).Bits.ToArray();

    public void Dispose() => Session.Close();
}
