using SegBridge.Models.Volumes;
using SegBridge.Models.Volumes.Patches;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Patches;
using SegBridge.Sessions.Steps;

namespace SegBridge.Sessions.Tests.Caching;

public sealed class ShortMemoryTests
{
    private const int VolumeBytes = 20 * 16 * 6;
    private const int PatchBytes = BrightVolumeModel.Grid * BrightVolumeModel.Grid * BrightVolumeModel.Grid * sizeof(float);

    private readonly BrightVolumeModel _model = new();

    [Fact]
    public async Task A_step_whose_features_cannot_be_kept_still_works()
    {
        // Enough for bricks and masks, not for features.
        using var test = new TestSession(new SessionOptions { MaxTotalBytes = PatchBytes });

        var last = await StepTwiceAsync(test);

        Assert.Equal((2, 2, 0), (last.Step, _model.Encoded, test.Budget.Cached));
    }

    [Fact]
    public async Task Bricks_of_one_session_take_the_memory_of_another_ones_features_and_its_steps_go_on()
    {
        // History keeps the logits of each step.
        var options = new SessionOptions { MaxTotalBytes = 5 * PatchBytes };
        var memory = new ServerMemory(options);
        using var first = new TestSession(options, memory: memory);
        await StepTwiceAsync(first);
        Assert.Equal(1, _model.Encoded);
        Assert.True(memory.Budget.Cached >= PatchBytes);
        memory.Budget.Reserve(memory.Budget.Available - VolumeBytes, "other volumes");

        using var second = new TestSession(options, memory: memory);
        second.PutAllBricks();
        Assert.Equal(0, memory.Budget.Cached);
        Assert.Throws<LimitExceededException>(() => memory.Budget.Reserve(VolumeBytes, "one more volume"));
        memory.Budget.Release(memory.Budget.Held - (2 * VolumeBytes));

        var again = await StepAsync(SessionOn(first), 3);
        Assert.Equal((3, 2), (again.Step, _model.Encoded));
    }

    [Fact]
    public void Features_that_give_way_stay_with_those_who_use_them()
    {
        using var test = new TestSession();
        var key = new PatchFeatureCache.Key(_model, test.Session.Volume.Geometry, null, null, 0);
        var patch = new VolumePatch(1, new float[1]);
        var made = new PatchFeatures(null!, patch, []);
        test.State.Features.Keep(key, made);
        made.Dispose();
        var used = test.State.Features.Find(key)!;

        Assert.True(test.Memory.Cache.EvictSome());

        Assert.Null(test.State.Features.Find(key));
        Assert.NotNull(used.TryShare());
        Assert.Throws<ObjectDisposedException>(made.Acquire);
    }

    [Fact]
    public void Features_are_free_when_all_their_holders_are_gone()
    {
        var first = new PatchFeatures(null!, new VolumePatch(1, new float[1]), []);
        var second = first.TryShare()!;
        first.Dispose();
        first.Dispose();
        second.Acquire();
        second.Dispose();
        Assert.NotNull(second.TryShare());
        second.TryShare()!.Dispose();
    }

    private async Task<StepResult> StepTwiceAsync(TestSession test)
    {
        test.PutAllBricks();
        var session = SessionOn(test);
        await StepAsync(session, 1);
        return await StepAsync(session, 2);
    }

    private Session SessionOn(TestSession test) => new(test.State, BrightVolumeModel.Id, _ => new SessionModel.OnVolume(_model));

    private static async Task<StepResult> StepAsync(Session session, int j)
    {
        StepResult? result = null;
        var request = new StepRequest { SegmentId = "1", Prompts = [TestSession.Click(8, 5 + j, 3)] };
        await foreach (var happened in session.PredictAsync(request, default))
        {
            result = happened as StepResult ?? result;
        }

        return result!;
    }
}
