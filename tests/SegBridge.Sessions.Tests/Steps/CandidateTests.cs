using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Segments;
using SegBridge.Sessions.Steps;

namespace SegBridge.Sessions.Tests.Steps;

public sealed class CandidateTests : IDisposable
{
    // All voxels of the volume, which fits into the patch.
    private const int Reached = 1920;

    private readonly List<TestSession> _tests = [];

    [Fact]
    public async Task A_chosen_candidate_becomes_the_mask_and_what_the_next_step_starts_from()
    {
        var (session, _, volumes, _) = Open();
        await StepAsync(session, Click(8, 6, 3));

        var chosen = await session.ChooseCandidateAsync("1", 1, 2, null, default);

        Assert.Equal((2, 0.2f, BrightVolumeModel.Id), (chosen.Step, chosen.Confidence, chosen.ModelId));
        Assert.Equal(Reached, chosen.Segment.VoxelCount);
        Assert.NotNull(chosen.Next);
        Assert.Single(volumes.Calls);
        Assert.Equal(1, volumes.Encoded);
        await StepAsync(session, Click(9, 6, 3));
        Assert.Equal(1, volumes.Calls[1].Previous![0]);
    }

    [Fact]
    public async Task Undoing_a_choice_brings_the_models_own_back_and_redo_the_choice()
    {
        var (session, _, volumes, _) = Open();
        await StepAsync(session, Click(8, 6, 3));
        var first = Mask(session);
        await session.ChooseCandidateAsync("1", 1, 2, null, default);
        var second = Mask(session);

        session.Undo("1");
        Assert.Equal(first, Mask(session));
        session.Redo("1");
        Assert.Equal(second, Mask(session));
        session.Undo("1");
        await StepAsync(session, Click(9, 6, 3));
        Assert.Equal(-1, volumes.Calls[1].Previous![0]);
    }

    [Fact]
    public async Task After_a_choice_another_of_the_same_candidates_can_be_chosen()
    {
        var (session, _, volumes, _) = Open();
        await StepAsync(session, Click(8, 6, 3));
        var first = Mask(session);

        await session.ChooseCandidateAsync("1", 1, 2, null, default);
        // The model says that nothing is inside; the click is.
        var nothing = await session.ChooseCandidateAsync("1", 2, 1, null, default);
        var own = await session.ChooseCandidateAsync("1", 3, 0, null, default);

        Assert.Equal((3, 4), (nothing.Step, own.Step));
        Assert.InRange(nothing.Segment.VoxelCount, 1, 20);
        Assert.Equal(first, Mask(session));
        Assert.Single(volumes.Calls);
    }

    [Fact]
    public async Task An_old_step_is_gone_back_to_and_another_of_its_candidates_chosen()
    {
        var (session, _, _, _) = Open();
        await StepAsync(session, Click(8, 6, 3));
        await StepAsync(session, Click(9, 6, 3));
        await StepAsync(session, Click(2, 6, 3, Polarity.Negative));

        session.GoToStep("1", 2);
        var chosen = await session.ChooseCandidateAsync("1", 2, 2, null, default);

        Assert.Equal((3, Reached), (chosen.Step, chosen.Segment.VoxelCount));
        Assert.Equal((0, 3), (chosen.Segment.RedoSteps, chosen.Segment.UndoSteps));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_candidate_that_was_evicted_is_made_again_bit_by_bit(bool afterMask)
    {
        var (kept, evicted) = (Open(), Open());
        foreach (var (session, test, _, _) in new[] { kept, evicted })
        {
            if (afterMask)
            {
                await StepAsync(session, new MaskPrompt(Filled(new VoxelBox(new Ijk(5, 4, 2), new Ijk(9, 8, 4)))));
            }

            await StepAsync(session, Click(8, 6, 3));
            await StepAsync(session, Click(10, 7, 3));
        }

        evicted.Test.State.Candidates.Evict();
        var step = afterMask ? 3 : 2;
        await kept.Session.ChooseCandidateAsync("1", step, 0, null, default);
        await evicted.Session.ChooseCandidateAsync("1", step, 0, null, default);
        Assert.Equal(Mask(kept.Session), Mask(evicted.Session));
        Assert.Equal((2, 3), (kept.Volumes.Calls.Count, evicted.Volumes.Calls.Count));
        Assert.Equal(kept.Volumes.Calls[1].Previous, evicted.Volumes.Calls[2].Previous);
        Assert.Equal(kept.Volumes.Calls[1].Maps, evicted.Volumes.Calls[2].Maps);

        await StepAsync(kept.Session, Click(6, 6, 3));
        await StepAsync(evicted.Session, Click(6, 6, 3));
        Assert.Equal(kept.Volumes.Calls[^1].Previous, evicted.Volumes.Calls[^1].Previous);
    }

    [Fact]
    public async Task Without_memory_for_candidates_a_choice_still_works()
    {
        var (session, test, volumes, _) = Open(new SessionOptions { MaxTotalBytes = 60_000 });
        await StepAsync(session, Click(8, 6, 3));

        var chosen = await session.ChooseCandidateAsync("1", 1, 2, null, default);

        Assert.Equal(Reached, chosen.Segment.VoxelCount);
        Assert.Equal(2, volumes.Calls.Count);
        session.Close();
        Assert.Equal(0, test.Budget.Used);
    }

    [Fact]
    public async Task Kept_candidates_are_counted_and_given_back_with_the_session()
    {
        var (session, test, _, _) = Open();
        await StepAsync(session, Click(8, 6, 3));
        var used = test.Budget.Used;
        test.State.Candidates.Evict();
        Assert.Equal(3 * 16 * 16 * 16 * sizeof(float), used - test.Budget.Used);

        await session.ChooseCandidateAsync("1", 1, 2, null, default);
        session.Close();
        Assert.Equal(0, test.Budget.Used);
    }

    [Fact]
    public async Task A_candidate_of_a_2D_model_becomes_the_slice_and_its_logits_the_previous_ones()
    {
        var (session, test, _, slices) = Open();
        await SliceAsync(session, ThreeMasksModel.Id, 2, Click(5, 5, 2));

        var chosen = await session.ChooseCandidateAsync("1", 1, 2, null, default);

        Assert.Equal((2, 0.5f, 320), (chosen.Step, chosen.Confidence, chosen.Segment.VoxelCount));
        Assert.Equal(new SlicePlane(Axis.K, 2), chosen.Slice);
        Assert.Equal(new Ijk(2, 3, 2), chosen.Next!.Value.Voxel);
        Assert.Single(slices.Calls);
        test.State.Candidates.Evict();
        await session.ChooseCandidateAsync("1", 2, 0, null, default);
        Assert.Equal(48, session.Segments[0].VoxelCount);
        Assert.Null(slices.Calls[1]);
        session.Undo("1");
        await SliceAsync(session, ThreeMasksModel.Id, 2, Click(6, 5, 2));
        Assert.Equal(3, slices.Calls[^1]![0]);
    }

    [Fact]
    public async Task A_model_of_one_candidate_has_the_candidate_0_alone()
    {
        var (session, _, _, _) = Open();
        await SliceAsync(session, BrightnessModel.Id, 2, Click(5, 5, 2));

        var same = await session.ChooseCandidateAsync("1", 1, 0, null, default);

        Assert.True(same.Changed.Box.IsEmpty);
        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() => session.ChooseCandidateAsync("1", 2, 1, null, default));
        Assert.Contains("candidates 0 to 0", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_choice_at_another_step_is_refused_and_told_where_the_segment_stands()
    {
        var (session, _, _, _) = Open();
        await StepAsync(session, Click(8, 6, 3));
        await StepAsync(session, Click(9, 6, 3));

        var refused = await Assert.ThrowsAsync<WrongStateException>(() => session.ChooseCandidateAsync("1", 1, 2, null, default));

        Assert.Contains("stands at step 2, not 1", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<SegmentNotFoundException>(() => session.ChooseCandidateAsync("2", 1, 2, null, default));
        await Assert.ThrowsAsync<InvalidRequestException>(() => session.ChooseCandidateAsync("1", 2, 3, null, default));
        Assert.Equal(2, session.Segments[0].Step);
    }

    [Fact]
    public async Task A_step_that_asked_no_model_has_no_candidates()
    {
        var (session, _, _, _) = Open();
        await StepAsync(session, new MaskPrompt(Filled(new VoxelBox(new Ijk(5, 4, 2), new Ijk(9, 8, 4)))));

        var refused = await Assert.ThrowsAsync<WrongStateException>(() => session.ChooseCandidateAsync("1", 1, 0, null, default));
        Assert.Contains("no model proposed candidates", refused.Message, StringComparison.Ordinal);
        session.Undo("1");
        await Assert.ThrowsAsync<WrongStateException>(() => session.ChooseCandidateAsync("1", 0, 0, null, default));
    }

    [Fact]
    public async Task While_a_step_is_under_way_there_is_nothing_to_choose()
    {
        var (session, test, _, _) = Open();
        await SliceAsync(session, BrightnessModel.Id, 2, Click(5, 5, 2));
        var (started, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        test.Model.Hold = async _ =>
        {
            started.SetResult();
            await go.Task;
        };
        var running = SliceAsync(session, BrightnessModel.Id, 2, Click(6, 5, 2));
        await started.Task;

        var refused = await Assert.ThrowsAsync<WrongStateException>(() => session.ChooseCandidateAsync("1", 1, 0, null, default));

        Assert.Contains("under way", refused.Message, StringComparison.Ordinal);
        go.SetResult();
        Assert.Equal(2, (await running).Step);
    }

    [Fact]
    public async Task A_choice_leaves_locked_segments_and_those_of_others_alone()
    {
        var (session, _, _, _) = Open();
        await StepAsync(session, Click(8, 6, 3));
        var other = new VoxelBox(new Ijk(14, 10, 1), new Ijk(18, 14, 4));
        await foreach (var _ in session.PredictAsync(new StepRequest { SegmentId = "2", Prompts = [new MaskPrompt(Filled(other))] }, default))
        {
        }

        var chosen = await session.ChooseCandidateAsync("1", 1, 2, null, default);

        Assert.Equal(Reached - other.VoxelCount, chosen.Segment.VoxelCount);
        session.PutSegment(new SegmentSettings("1", "", 0, "", AllowOverlap: false, Locked: true));
        var refused = await Assert.ThrowsAsync<WrongStateException>(() => session.ChooseCandidateAsync("1", 2, 0, null, default));
        Assert.Contains("locked", refused.Message, StringComparison.Ordinal);
        session.PutSegment(new SegmentSettings("1", "", 0, "", AllowOverlap: true, Locked: false));
        Assert.Equal(Reached, (await session.ChooseCandidateAsync("1", 2, 2, null, default)).Segment.VoxelCount);
    }

    public void Dispose() => _tests.ForEach(test => test.Dispose());

    private (Session Session, TestSession Test, BrightVolumeModel Volumes, ThreeMasksModel Slices) Open(SessionOptions? options = null)
    {
        var (test, volumes, slices) = (new TestSession(options), new BrightVolumeModel(), new ThreeMasksModel());
        _tests.Add(test);
        test.PutAllBricks();
        var session = new Session(test.State, BrightVolumeModel.Id, id => id switch
        {
            BrightVolumeModel.Id => new SessionModel.OnVolume(volumes),
            ThreeMasksModel.Id => new SessionModel.OnSlices(slices),
            _ => new SessionModel.OnSlices(test.Model),
        });
        return (session, test, volumes, slices);
    }

    private static Task<StepResult> StepAsync(Session session, params Prompt[] prompts) =>
        LastAsync(session, new StepRequest { SegmentId = "1", Prompts = prompts });

    private static Task<StepResult> SliceAsync(Session session, string model, int slice, params Prompt[] prompts) =>
        LastAsync(session, TestSession.Request(slice, prompts) with { ModelId = model });

    private static async Task<StepResult> LastAsync(Session session, StepRequest request)
    {
        StepEvent? last = null;
        await foreach (var happened in session.PredictAsync(request, default))
        {
            last = happened;
        }

        return Assert.IsType<StepResult>(last);
    }

    private static byte[] Mask(Session session) => session.GetMask("1", TestSession.Size.Bounds).Bits.ToArray();

    private static BitBlock Filled(VoxelBox box) => BitBlock.FromVoxels(box, [.. Enumerable.Repeat((byte)1, (int)box.VoxelCount)]);

    private static PointPrompt Click(double i, double j, double k, Polarity polarity = Polarity.Positive) => TestSession.Click(i, j, k, polarity);
}
