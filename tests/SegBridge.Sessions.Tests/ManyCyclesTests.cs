using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;
using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;
using SegBridge.Models.Slices;
using SegBridge.Models.Volumes;
using SegBridge.Sessions.Bricks;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Steps;

namespace SegBridge.Sessions.Tests;

// Alone: others would be counted too.
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeasuredAlone
{
    public const string Name = "measured alone";
}

[Collection(MeasuredAlone.Name)]
public sealed class ManyCyclesTests
{
    private const int Cycles = 1000;
    private static readonly VolumeSize Size = new(64, 64, 8);

    [Fact]
    public async Task A_thousand_sessions_opened_used_and_closed_leave_nothing_behind()
    {
        using var device = new InferenceDevice(InferenceDevice.Cpu);
        using var repository = new ModelRepository(BundleFolder(), device);
        await using var sessions = new SessionManager(
            new SessionOptions(), repository, new SliceModels(repository), new VolumeModels(repository), TimeProvider.System,
            NullLogger<SessionManager>.Instance);
        await CycleAsync(sessions, Cycles / 5);
        var (bytes, handles) = Measure();

        var left = await CycleAsync(sessions, Cycles);

        var (bytesAfter, handlesAfter) = Measure();
        Assert.Equal((0, 0, 0), (sessions.Count, sessions.BytesHeld, sessions.BytesCached));
        Assert.True(left.Count(session => session.TryGetTarget(out _)) <= 1, "sessions are still referred to after they were closed");
        Assert.True(bytesAfter - bytes < Cycles * 1024, $"the heap grew from {bytes:N0} to {bytesAfter:N0} bytes");
        Assert.True(handlesAfter - handles < Cycles / 100, $"handles grew from {handles} to {handlesAfter}");
    }

    private static async Task<List<WeakReference<Session>>> CycleAsync(SessionManager sessions, int cycles)
    {
        var opened = new List<WeakReference<Session>>();
        for (var n = 0; n < cycles; n++)
        {
            opened.Add(new WeakReference<Session>(await UseOneAsync(sessions, withModel: n % 10 == 0)));
        }

        return opened;
    }

    private static async Task<Session> UseOneAsync(SessionManager sessions, bool withModel)
    {
        var volume = new VolumeDescription(
            VolumeGeometry.AxisAligned(Size, new Spacing(1, 1, 3)), VoxelType.UInt8, Rescale.Identity, new VolumeSize(64, 64, 4))
        {
            ContentSha256 = withModel ? new string('c', 64) : null,
        };
        var session = sessions.Open(volume, "scribble-2d", "tests");
        session.PutBricks([.. session.Grid.Covering(Size.Bounds).Select(index => BrickOf(session, index))]);
        // The user's own mask needs no network, which would take most of this test's time.
        Prompt prompt = withModel
            ? new PointPrompt(Polarity.Positive, new VoxelPoint(30, 30, 2))
            : new MaskPrompt(BitBlock.FromVoxels(new VoxelBox(new Ijk(8, 8, 2), new Ijk(24, 24, 3)), Enumerable.Repeat((byte)1, 256).ToArray()));
        StepResult? result = null;
        await foreach (var happened in session.PredictAsync(
            new StepRequest { SegmentId = "1", Slice = new SlicePlane(Axis.K, 2), Prompts = [prompt] }, CancellationToken.None))
        {
            result = happened as StepResult;
        }

        Assert.Equal(1, result?.Step);
        Assert.True(sessions.BytesHeld >= Size.VoxelCount);
        Assert.True(sessions.Close(session.Id));
        return session;
    }

    private static EncodedBrick BrickOf(Session session, BrickIndex index)
    {
        var box = session.Grid.BoxOf(index);
        var voxels = Enumerable.Range(0, (int)box.VoxelCount).Select(n => (byte)(n % 64 is > 20 and < 40 ? 200 : 20)).ToArray();
        return new EncodedBrick(index, BrickEncoding.Raw, voxels, null);
    }

    private static (long Bytes, int Handles) Measure()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var process = Process.GetCurrentProcess();
        return (GC.GetTotalMemory(forceFullCollection: true), process.HandleCount);
    }

    private static string BundleFolder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "models", "bundles"));
}
