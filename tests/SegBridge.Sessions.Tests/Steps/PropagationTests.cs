using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Steps;

namespace SegBridge.Sessions.Tests.Steps;

public sealed class PropagationTests : IDisposable
{
    private readonly PropagationSession _test = new PropagationSession().WithBricks();

    [Fact]
    public async Task Slices_are_filled_outwards_from_the_nearest_finished_one_as_one_step()
    {
        await _test.PredictAsync(6);
        await _test.PredictAsync(11);

        var events = await _test.PropagateAsync(PropagationSession.Request(4, 13));

        var results = events.OfType<StepResult>().ToArray();
        Assert.Equal([5, 7, 10, 12, 4, 8, 9, 13], results.Select(result => result.Slice!.Value.Index));
        Assert.All(results, result => Assert.Equal((3, PropagationSession.Area), (result.Step, result.Changed.Count)));
        Assert.Equal(10 * PropagationSession.Area, results[^1].Segment.VoxelCount);
        var progress = events.OfType<ProgressEvent>().Select(happened => happened.Fraction).ToArray();
        Assert.Equal(progress.Order(), progress);
        Assert.Equal((0, 1), (progress[0], progress[^1]));
    }

    [Fact]
    public async Task Undo_takes_the_whole_run_back_and_redo_brings_it_again()
    {
        await _test.PredictAsync(6);
        var before = _test.Mask();
        await _test.PropagateAsync(PropagationSession.Request(3, 16));
        var after = _test.Mask();

        var undone = _test.Session.Undo("1");
        Assert.Equal(before, _test.Mask());
        Assert.Equal((1, 1, 1), (undone.Segment.Step, undone.Segment.UndoSteps, undone.Segment.RedoSteps));

        _test.Session.Redo("1");
        Assert.Equal(after, _test.Mask());
        Assert.Empty(await _test.FillAsync(PropagationSession.Request(3, 16)));
    }

    [Fact]
    public async Task A_run_that_the_client_cancels_keeps_what_is_done_and_undo_takes_it_back()
    {
        await _test.PredictAsync(6);
        using var cancel = new CancellationTokenSource();
        _test.Model.Hold = async (slice, cancellation) =>
        {
            if (slice == 8)
            {
                await cancel.CancelAsync();
                await Task.Delay(Timeout.Infinite, cancellation);
            }
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await _test.Session.PropagateAsync(PropagationSession.Request(6, 16), cancel.Token).ToListAsync(CancellationToken.None));

        Assert.Equal((PropagationSession.Area, 0L), (_test.CountOn(7), _test.CountOn(8)));
        Assert.Equal(2, _test.Session.Segments[0].Step);
        _test.Session.Undo("1");
        Assert.Equal((PropagationSession.Area, 0L), (_test.CountOn(6), _test.CountOn(7)));
    }

    [Fact]
    public async Task A_direction_ends_where_the_object_ends_and_says_where()
    {
        await _test.PredictAsync(6);

        var events = await _test.PropagateAsync(PropagationSession.Request(0, 19));

        Assert.Equal(
            [new StoppedEvent(PropagationSession.Slice(2), 0), new StoppedEvent(PropagationSession.Slice(17), 0)],
            events.OfType<StoppedEvent>());
        Assert.Equal(14 * PropagationSession.Area, _test.Session.Segments[0].VoxelCount);
        Assert.DoesNotContain(1, _test.Model.Slices);
        Assert.DoesNotContain(18, _test.Model.Slices);
    }

    [Fact]
    public async Task A_direction_ends_where_the_model_is_unsure_and_the_other_goes_on()
    {
        await _test.PredictAsync(6);
        _test.Model.Confidence = slice => slice == 9 ? 0.5f : 0.9f;

        var events = await _test.PropagateAsync(PropagationSession.Request(3, 16, stopBelow: 0.8f));

        Assert.Equal(new StoppedEvent(PropagationSession.Slice(9), 0.5f), Assert.Single(events.OfType<StoppedEvent>()));
        Assert.Equal([5, 7, 4, 8, 3], events.OfType<StepResult>().Select(result => result.Slice!.Value.Index));
    }

    [Fact]
    public async Task Slices_that_the_user_accepted_or_worked_on_are_never_changed()
    {
        await _test.PredictAsync(6);
        await _test.PredictAsync(9, (0, 9, Polarity.Positive));
        await _test.PropagateAsync(PropagationSession.Request(3, 16));
        _test.Session.Accept("1", [PropagationSession.Slice(12)], accepted: true);
        _test.Session.Accept("1", [PropagationSession.Slice(2)], accepted: true);
        Assert.Equal([PropagationSession.Slice(2), PropagationSession.Slice(12)], _test.Session.Segments[0].Accepted);

        await _test.PredictAsync(10, (4, 4, Polarity.Negative));
        var filled = await _test.FillAsync(PropagationSession.Request(3, 16));

        Assert.Equal([11], filled);
        Assert.Equal(PropagationSession.Area + 1, _test.CountOn(9));
        Assert.Equal(PropagationSession.Area, _test.CountOn(12));
        Assert.Equal(PropagationSession.Area - 1, _test.CountOn(11));
    }

    [Fact]
    public async Task After_a_correction_only_what_follows_from_it_is_made_again()
    {
        await _test.PredictAsync(6);
        await _test.PropagateAsync(PropagationSession.Request(3, 16));
        Assert.Empty(await _test.FillAsync(PropagationSession.Request(3, 16)));

        await _test.PredictAsync(12, (4, 4, Polarity.Negative));
        _test.Model.Calls.Clear();
        var filled = await _test.FillAsync(PropagationSession.Request(3, 16));

        Assert.Equal([11, 13, 10, 14, 15, 16], filled);
        Assert.Equal(filled, _test.Model.Slices);
        Assert.Equal(PropagationSession.Area - 1, _test.CountOn(16));
        Assert.Equal(PropagationSession.Area, _test.CountOn(9));
    }

    [Fact]
    public async Task A_correction_that_ends_the_object_empties_what_was_filled_beyond()
    {
        await _test.PredictAsync(6);
        await _test.PropagateAsync(PropagationSession.Request(3, 16));
        var all = from i in Enumerable.Range(3, 6) from j in Enumerable.Range(2, 6) select (i, j, Polarity.Negative);

        await _test.PredictAsync(12, [.. all]);
        var filled = await _test.FillAsync(PropagationSession.Request(3, 16));

        Assert.Equal([13, 14, 15, 16], filled);
        Assert.Equal((6 + 3) * PropagationSession.Area, _test.Session.Segments[0].VoxelCount);
        _test.Session.Undo("1");
        Assert.Equal(PropagationSession.Area, _test.CountOn(16));
    }

    [Fact]
    public async Task A_prompt_on_the_slice_in_work_wins_and_the_run_goes_on_from_it()
    {
        await _test.PredictAsync(6);
        var (started, first) = (new TaskCompletionSource(), true);
        _test.Model.Hold = async (slice, cancellation) =>
        {
            if (slice == 8 && first)
            {
                first = false;
                started.SetResult();
                await Task.Delay(Timeout.Infinite, cancellation);
            }
        };

        var run = _test.FillAsync(PropagationSession.Request(7, 10));
        await started.Task;
        var users = await _test.PredictAsync(8, (4, 4, Polarity.Negative));

        var filled = await run;
        Assert.Equal([7, 9, 10], filled);
        Assert.Equal(PropagationSession.Area - 1, users.Changed.Count);
        Assert.Equal(PropagationSession.Area - 1, _test.CountOn(10));
        // 1: the first prompt, 2: slice 7, 3: the user's prompt, 4: slices 9 and 10.
        Assert.Equal(4, _test.Session.Segments[0].Step);
    }

    [Fact]
    public async Task Undo_and_a_newer_run_end_a_run()
    {
        await _test.PredictAsync(6);
        var started = new SemaphoreSlim(0);
        _test.Model.Hold = async (slice, cancellation) =>
        {
            if (slice == 8)
            {
                started.Release();
                await Task.Delay(Timeout.Infinite, cancellation);
            }
        };

        var first = _test.PropagateAsync(PropagationSession.Request(7, 10));
        await started.WaitAsync();
        var second = _test.PropagateAsync(PropagationSession.Request(7, 10));
        await started.WaitAsync();
        _test.Session.Undo("1");

        await Assert.ThrowsAsync<SupersededException>(() => first);
        await Assert.ThrowsAsync<SupersededException>(() => second);
        Assert.Equal((1, 0L), (_test.Session.Segments[0].Step, _test.CountOn(7)));
        _test.Model.Hold = (_, _) => Task.CompletedTask;
        var filled = await _test.FillAsync(PropagationSession.Request(7, 10));
        Assert.Equal([7, 8, 9, 10], filled);
    }

    [Fact]
    public async Task Reset_and_the_end_of_the_session_end_a_run()
    {
        foreach (var end in new Action<Session>[] { session => session.Reset("1"), session => session.Close() })
        {
            using var test = new PropagationSession().WithBricks();
            await test.PredictAsync(6);
            var started = new TaskCompletionSource();
            test.Model.Hold = async (_, cancellation) =>
            {
                started.SetResult();
                await Task.Delay(Timeout.Infinite, cancellation);
            };

            var run = test.PropagateAsync(PropagationSession.Request(7, 10));
            await started.Task;
            end(test.Session);

            var ended = await Record.ExceptionAsync(() => run);
            Assert.True(ended is SupersededException or WrongStateException, $"{ended}");
        }
    }

    [Fact]
    public async Task A_model_with_context_gets_the_nearest_finished_slice_and_no_scribble()
    {
        using var test = new PropagationSession(usesContext: true).WithBricks();
        await test.PredictAsync(4);
        await test.PredictAsync(8);
        await test.PredictAsync(15);
        test.Model.Calls.Clear();

        await test.PropagateAsync(PropagationSession.Request(9, 9));
        await _test.PredictAsync(8);
        await _test.PropagateAsync(PropagationSession.Request(9, 9));

        var call = Assert.Single(test.Model.Calls);
        Assert.Equal([8], call.Examples);
        Assert.False(call.Drawn);
        Assert.True(_test.Model.Calls[^1].Drawn);
        Assert.Empty(_test.Model.Calls[^1].Examples);
    }

    [Fact]
    public async Task Bricks_are_asked_for_as_the_run_reaches_them()
    {
        using var test = new PropagationSession();
        test.Session.PutBricks([test.BrickAt(6)]);
        await test.PredictAsync(6);
        var asked = new List<int>();

        await foreach (var happened in test.Session.PropagateAsync(PropagationSession.Request(5, 9), default))
        {
            if (happened is NeedsBricksEvent needs)
            {
                asked.AddRange(needs.Required.Select(brick => brick.K));
                test.Session.PutBricks([.. needs.Required.Select(brick => test.BrickAt(brick.K))]);
            }
        }

        Assert.Equal([5, 7, 8, 9], asked);
        Assert.Equal(5 * PropagationSession.Area, test.Session.Segments[0].VoxelCount);
    }

    [Fact]
    public async Task Other_segments_are_left_alone()
    {
        var column = BitBlock.FromPacked(new VoxelBox(new Ijk(3, 2, 0), new Ijk(4, 8, 20)), Enumerable.Repeat((byte)1, 6 * 20).ToArray());
        await _test.Session.PredictAsync(
            new StepRequest { SegmentId = "2", Slice = PropagationSession.Slice(0), Prompts = [new MaskPrompt(column)] }, default).ToListAsync();
        await _test.PredictAsync(6);

        await _test.PropagateAsync(PropagationSession.Request(3, 16));

        Assert.Equal(PropagationSession.Area - 6, _test.CountOn(16));
        Assert.Empty(await _test.FillAsync(PropagationSession.Request(3, 16)));
    }

    [Fact]
    public async Task A_mask_that_the_user_drew_over_filled_slices_is_his()
    {
        await _test.PredictAsync(6);
        await _test.PropagateAsync(PropagationSession.Request(3, 16));
        var drawn = new MaskPrompt(new BitBlock(new VoxelBox(new Ijk(3, 2, 9), new Ijk(9, 5, 10))));
        await _test.Session.PredictAsync(
            new StepRequest { SegmentId = "1", Slice = PropagationSession.Slice(0), Prompts = [drawn] }, default).ToListAsync();

        var filled = await _test.FillAsync(PropagationSession.Request(3, 16));

        Assert.Equal(PropagationSession.Area / 2, _test.CountOn(9));
        Assert.Equal([8, 10, 11, 12, 13, 14, 15, 16], filled);
    }

    [Fact]
    public async Task Wrong_requests_say_what_would_be_right()
    {
        await Assert.ThrowsAsync<SegmentNotFoundException>(() => _test.PropagateAsync(PropagationSession.Request(0, 1)));
        _test.Session.PutSegment(new Sessions.Segments.SegmentSettings("1", "", 0, "", false, false));
        await Assert.ThrowsAsync<WrongStateException>(() => _test.PropagateAsync(PropagationSession.Request(0, 1)));
        await Assert.ThrowsAsync<WrongStateException>(() => _test.PropagateAsync(PropagationSession.Request(0, 1, 0, 5)));
        await _test.PredictAsync(6);

        await RefusedAsync("0..19", PropagationSession.Request(7, 20));
        await RefusedAsync("0..19", PropagationSession.Request(8, 7));
        await RefusedAsync("stop_below", PropagationSession.Request(7, 8, stopBelow: float.NaN));
        await RefusedAsync("one axis", PropagationSession.Request(7, 8) with { From = [PropagationSession.Slice(6), new SlicePlane(Axis.I, 5)] });
        await Assert.ThrowsAsync<GeometryException>(() => _test.PropagateAsync(PropagationSession.Request(7, 8, 0, 20)));
        Assert.Throws<GeometryException>(() => _test.Session.Accept("1", [PropagationSession.Slice(20)], accepted: true));
        Assert.Throws<InvalidRequestException>(() => _test.Session.Accept("1", [], accepted: true));

        async Task RefusedAsync(string says, PropagationRequest request) => Assert.Contains(
            says, (await Assert.ThrowsAsync<InvalidRequestException>(() => _test.PropagateAsync(request))).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _test.Dispose();
}
