using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;
using SegBridge.Models.Slices;
using SegBridge.Sessions.Bricks;
using SegBridge.Sessions.Journal;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Steps;
using SegBridge.Sessions.Tasks.Context;

namespace SegBridge.Sessions.Tests;

/// <summary>A session on a 20×16×6 volume of bytes that is bright (1) in the box [4, 12) × [3, 9) of every slice.</summary>
internal sealed class TestSession : IDisposable
{
    public static readonly VolumeSize Size = new(20, 16, 6);
    public static readonly VolumeSize Brick = new(8, 8, 2);

    private readonly byte[] _voxels = new byte[Size.VoxelCount];

    /// <param name="options">Null: the defaults with 1 MB.</param>
    /// <param name="time">Null: the system's.</param>
    /// <param name="memory">Shared with other sessions; null: its own.</param>
    /// <param name="content">SHA-256 stated by the client.</param>
    /// <param name="caller">Whose session it is.</param>
    /// <param name="journal">Null: none is kept.</param>
    /// <param name="model">The 2D model; null: <see cref="Model"/>.</param>
    /// <param name="contexts">Null: tasks are off.</param>
    public TestSession(
        SessionOptions? options = null, TimeProvider? time = null, ServerMemory? memory = null, string? content = null, string? caller = null,
        SessionJournal? journal = null, ISliceModel? model = null, TaskContexts? contexts = null)
    {
        for (var n = 0; n < _voxels.Length; n++)
        {
            var (i, j) = (n % Size.I, n / Size.I % Size.J);
            _voxels[n] = i is >= 4 and < 12 && j is >= 3 and < 9 ? (byte)1 : (byte)0;
        }

        Options = options ?? new SessionOptions { MaxTotalBytes = 1 << 20 };
        Memory = memory ?? new ServerMemory(Options);
        State = new SessionState(Id, Volume with { ContentSha256 = content }, Options, Memory, time ?? TimeProvider.System, caller, Log)
        {
            Journal = journal,
            FingerprintOf = id => ModelFingerprint.Of(id == BrightVolumeModel.Id ? VolumeModel!.Manifest : (model ?? Model!).Manifest),
            Contexts = contexts,
        };
        Session = new Session(
            State,
            BrightnessModel.Id,
            id => id == BrightVolumeModel.Id ? new SessionModel.OnVolume(VolumeModel) : new SessionModel.OnSlices(model ?? Model));
    }

    public const string Id = "0123456789abcdef0123456789abcdef";

    public static VolumeDescription Volume { get; } =
        new(VolumeGeometry.AxisAligned(Size, new Spacing(1, 2, 5)), VoxelType.UInt8, Rescale.Identity, Brick);

    public SessionOptions Options { get; }

    public ServerMemory Memory { get; }

    public MemoryBudget Budget => Memory.Budget;

    public LogLines Log { get; } = new();

    public SessionState State { get; }

    public Session Session { get; }

    public BrightnessModel Model { get; init; } = new();

    public BrightVolumeModel VolumeModel { get; } = new();

    /// <summary>Whether voxels come out dark where they are bright.</summary>
    public bool Inverted { get; init; }

    public EncodedBrick BrickAt(BrickIndex index, BrickEncoding encoding = BrickEncoding.DeltaPlanesZlib)
    {
        var voxels = VoxelsOf(index);
        return new EncodedBrick(
            index, encoding, BrickCodec.Encode(voxels, Session.Grid.BoxOf(index).Size, VoxelType.UInt8, encoding), BrickCodec.Crc32(voxels));
    }

    public void PutAllBricks() =>
        Session.PutBricks([.. Session.Grid.Covering(Size.Bounds).Select(index => BrickAt(index))]);

    public async Task<List<StepEvent>> PredictAsync(StepRequest request, CancellationToken cancellation = default)
    {
        var events = new List<StepEvent>();
        await foreach (var happened in Session.PredictAsync(request, cancellation))
        {
            events.Add(happened);
        }

        return events;
    }

    public async Task<StepResult> StepAsync(int slice, params Prompt[] prompts) =>
        (StepResult)(await PredictAsync(Request(slice, prompts)))[^1];

    public static StepRequest Request(int slice, params Prompt[] prompts) =>
        new() { SegmentId = "1", Slice = new SlicePlane(Axis.K, slice), Prompts = prompts };

    public static PointPrompt Click(double i, double j, double k, Polarity polarity = Polarity.Positive) =>
        new(polarity, new VoxelPoint(i, j, k));

    public void Dispose() => Session.Close();

    private byte[] VoxelsOf(BrickIndex index)
    {
        var box = Session.Grid.BoxOf(index);
        var voxels = new List<byte>();
        for (var k = box.Lower.K; k < box.Upper.K; k++)
        {
            for (var j = box.Lower.J; j < box.Upper.J; j++)
            {
                var row = (((k * Size.J) + j) * Size.I) + box.Lower.I;
                voxels.AddRange(Inverted ? Array.ConvertAll(_voxels[row..(row + box.Size.I)], value => (byte)(1 - value)) : _voxels[row..(row + box.Size.I)]);
            }
        }

        return [.. voxels];
    }
}
