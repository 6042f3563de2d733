using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Steps;

namespace SegBridge.Sessions.Tests.Steps;

/// <summary>Choices and propagations that come again after a lost connection.</summary>
public sealed class RepeatedRequestTests : IDisposable
{
    private readonly TestSession _test = new();
    private readonly PropagationSession _run = new PropagationSession().WithBricks();

    public RepeatedRequestTests() => _test.PutAllBricks();

    [Fact]
    public async Task A_choice_is_made_once_and_told_again()
    {
        var choice = await ChosenAsync();
        await _test.StepAsync(3, TestSession.Click(6, 6, 3));
        var calls = _test.Model.Calls.Count;

        var again = await _test.Session.ChooseCandidateAsync("1", 1, 0, "c", default);

        Assert.Equal((2, choice.Confidence, choice.Slice), (again.Step, again.Confidence, again.Slice));
        Assert.Equal(choice.Changed.Box, again.Changed.Box);
        Assert.Equal((3, calls), (_test.Session.Segments[0].Step, _test.Model.Calls.Count));
        _test.Session.GoToStep("1", 1);
        Assert.Equal(2, (await _test.Session.ChooseCandidateAsync("1", 1, 0, "c", default)).Segment.Step);
    }

    [Fact]
    public async Task A_choice_that_is_still_under_way_is_taken_over_by_the_same_sent_again()
    {
        await _test.StepAsync(2, TestSession.Click(5, 5, 2));
        _test.State.Candidates.Evict();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _test.Model.Hold = async cancellation =>
        {
            if (started.TrySetResult())
            {
                await Task.Delay(Timeout.Infinite, cancellation);
            }
        };
        var first = _test.Session.ChooseCandidateAsync("1", 1, 0, "c", default);
        await started.Task;

        await Assert.ThrowsAsync<WrongStateException>(() => _test.Session.ChooseCandidateAsync("1", 1, 0, "d", default));
        var second = await _test.Session.ChooseCandidateAsync("1", 1, 0, "c", default);

        await Assert.ThrowsAsync<SupersededException>(() => first);
        Assert.Equal((2, 2), (second.Step, _test.Session.Segments[0].Step));
    }

    [Fact]
    public async Task A_propagation_that_is_done_is_told_again_whatever_came_after_it()
    {
        await _run.PredictAsync(6);
        var request = PropagationSession.Request(2, 10) with { RequestId = "p" };
        var events = await _run.PropagateAsync(request);
        await _run.PredictAsync(9, (4, 4, Polarity.Negative));
        var (mask, calls) = (_run.Mask(), _run.Model.Calls.Count);

        var again = await _run.PropagateAsync(request);

        var (results, repeated) = (events.OfType<StepResult>().ToArray(), again.OfType<StepResult>().ToArray());
        Assert.Equal(results.Select(result => (result.Slice, result.Step, result.Confidence)), repeated.Select(result => (result.Slice, result.Step, result.Confidence)));
        Assert.Equal(results.Select(result => result.Changed.Box), repeated.Select(result => result.Changed.Box));
        Assert.Equal(events.OfType<StoppedEvent>(), again.OfType<StoppedEvent>());
        Assert.Single(again.OfType<StoppedEvent>());
        Assert.Equal(1, Assert.IsType<ProgressEvent>(again[^1]).Fraction);
        Assert.Equal((3, calls), (_run.Session.Segments[0].Step, _run.Model.Calls.Count));
        Assert.Equal(mask, _run.Mask());
    }

    [Fact]
    public async Task A_propagation_that_was_cut_off_goes_on_as_the_same_step()
    {
        await _run.PredictAsync(6);
        var before = _run.Mask();
        var request = PropagationSession.Request(3, 10) with { RequestId = "p" };
        await CutOffAtAsync(8, request);
        _run.Model.Calls.Clear();

        var again = await _run.FillAsync(request);

        Assert.Equal([5, 7, 4, 8, 3, 9, 10], again);
        Assert.Equal([8, 3, 9, 10], _run.Model.Slices);
        Assert.Equal(2, _run.Session.Segments[0].Step);
        _run.Session.Undo("1");
        Assert.Equal(before, _run.Mask());
    }

    [Fact]
    public async Task A_propagation_that_is_still_under_way_is_taken_over_by_the_same_sent_again()
    {
        await _run.PredictAsync(6);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _run.Model.Hold = async (slice, cancellation) =>
        {
            if (slice == 8 && started.TrySetResult())
            {
                await Task.Delay(Timeout.Infinite, cancellation);
            }
        };
        var request = PropagationSession.Request(7, 9) with { RequestId = "p" };
        var first = _run.PropagateAsync(request);
        await started.Task;

        var again = await _run.FillAsync(request);
        Assert.Equal([7, 8, 9], again);

        await Assert.ThrowsAsync<SupersededException>(() => first);
        Assert.Equal(2, _run.Session.Segments[0].Step);
    }

    [Fact]
    public async Task What_was_undone_is_done_again()
    {
        await _run.PredictAsync(6);
        var request = PropagationSession.Request(7, 9) with { RequestId = "p" };
        await _run.PropagateAsync(request);
        var mask = _run.Mask();
        _run.Session.Undo("1");

        var again = await _run.FillAsync(request);
        Assert.Equal([7, 8, 9], again);
        Assert.Equal(mask, _run.Mask());
        Assert.Equal((2, 0), (_run.Session.Segments[0].Step, _run.Session.Segments[0].RedoSteps));
    }

    [Fact]
    public async Task An_id_that_is_too_long_is_refused()
    {
        await ChosenAsync();
        await _run.PredictAsync(6);
        var id = new string('x', 65);
        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() => _test.Session.ChooseCandidateAsync("1", 2, 0, id, default));
        Assert.Contains("65 characters; at most 64", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidRequestException>(() => _run.PropagateAsync(PropagationSession.Request(7, 9) with { RequestId = id }));
    }

    public void Dispose()
    {
        _test.Dispose();
        _run.Dispose();
    }

    private async Task<StepResult> ChosenAsync()
    {
        // The user's mask comes with a click, so that choosing the model's own candidate changes something.
        var drawn = new BitBlock(VoxelBox.Of(new Ijk(15, 12, 2)));
        drawn[drawn.Box.Lower] = true;
        await _test.StepAsync(2, new MaskPrompt(drawn), TestSession.Click(5, 5, 2));
        return await _test.Session.ChooseCandidateAsync("1", 1, 0, "c", default);
    }

    private async Task CutOffAtAsync(int cut, PropagationRequest request)
    {
        using var cancel = new CancellationTokenSource();
        _run.Model.Hold = async (slice, cancellation) =>
        {
            if (slice == cut)
            {
                await cancel.CancelAsync();
                await Task.Delay(Timeout.Infinite, cancellation);
            }
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await _run.Session.PropagateAsync(request, cancel.Token).ToListAsync(CancellationToken.None));
        _run.Model.Hold = (_, _) => Task.CompletedTask;
    }
}
