using Microsoft.Extensions.Logging;
using SegBridge.Imaging.Volumes;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Segments;
using SegBridge.Sessions.Steps;

namespace SegBridge.Sessions.Journal;

/// <summary>
/// Does the acts of a journal again, by the same code that did them first, until the session is what it was. Stops
/// where bricks are missing or a model cannot be used, and goes on from there when asked again. Thread-safe.
/// </summary>
internal sealed class Replay(Session session, SessionState state, SessionJournal journal, JournalText text, ILogger log)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string SegmentId, StepPlace Place), WaitingAct> _waiting = [];
    private readonly List<string> _lost = [];
    private Task<IReadOnlyList<BrickIndex>>? _running;
    private int _next;
    private int _different;
    private volatile bool _done;

    /// <summary>Whether the session is what it was, and may be used.</summary>
    public bool IsDone => _done;

    /// <summary>What could not be brought back, in words; empty when all was. Read it when the replay is done.</summary>
    public string Lost => string.Join("; ", _lost);

    /// <summary>Segments as they will be, without masks.</summary>
    public IReadOnlyList<SegmentInfo> Preview => ReplayPreview.Of(text.Acts);

    /// <summary>
    /// Goes on as far as the bricks allow. Callers share one run; a caller that gives up does not end it.
    /// </summary>
    /// <returns>Bricks that must come first, nearest the newest prompt first; empty when the session is what it was.</returns>
    public Task<IReadOnlyList<BrickIndex>> ContinueAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_running is null || _running.IsCompleted)
            {
                _running = Task.Run(RunAsync, CancellationToken.None);
            }

            return _running.WaitAsync(cancellation);
        }
    }

    private async Task<IReadOnlyList<BrickIndex>> RunAsync()
    {
        using var use = session.BeginUse();
        for (var missing = MissingBricks(); _next < text.Acts.Count; _next++)
        {
            if (missing.Count == 0)
            {
                missing = await RepeatAsync(text.Acts[_next]);
            }

            if (missing.Count > 0)
            {
                return missing;
            }
        }

        if (!_done)
        {
            Finish();
        }

        return [];
    }

    private IReadOnlyList<BrickIndex> MissingBricks()
    {
        var boxes = text.Acts.Skip(_next).OfType<ModelAct>().SelectMany(act => act.Reads).Distinct();
        var missing = boxes.SelectMany(state.Inbox.Store.Missing).ToHashSet();
        var focus = text.Acts.OfType<WaitingAct>().SelectMany(waiting => waiting.Carried.Concat(waiting.Own)).LastOrDefault().Prompt;
        return focus is null
            ? [.. missing]
            : state.Grid.NearestFirst(missing, PromptPlane.FocusOf(focus), state.Volume.Geometry.Spacing);
    }

    // Returns bricks that the act turned out to need.
    private async Task<IReadOnlyList<BrickIndex>> RepeatAsync(Act act)
    {
        switch (act)
        {
            case SegmentPutAct put:
                session.PutSegment(put.Settings);
                break;
            case SegmentResetAct reset:
                ForgetWaiting(reset.SegmentId);
                session.Reset(reset.SegmentId);
                break;
            case SegmentRemovedAct removed:
                ForgetWaiting(removed.SegmentId);
                session.RemoveSegment(removed.SegmentId);
                break;
            case WaitingAct waiting:
                _waiting[(waiting.SegmentId, waiting.Place)] = waiting;
                break;
            case StepAct step:
                return await RepeatStepAsync(step);
            case FilledAct filled:
                return await FollowAsync(
                    filled,
                    filled.Fill.TaskId,
                    () => session.RefillAsync(filled),
                    () => session.RefillAsync(filled with { Fill = filled.Fill with { TaskId = null, ExampleIds = null } }));
            case PropagatedAct propagated:
                state.End(propagated);
                break;
            case AcceptedAct accepted:
                session.Accept(accepted.SegmentId, accepted.Slices, accepted.IsAccepted);
                break;
            case ChosenAct chosen:
                var choice = await session.ChooseCandidateAsync(chosen.SegmentId, chosen.Effect.Step - 1, chosen.Candidate, chosen.RequestId, CancellationToken.None);
                Compare(chosen, MaskEffect.Of(choice.Segment, choice.Changed));
                break;
            case MovedAct moved:
                var result = session.GoToStep(moved.SegmentId, moved.Effect.Step);
                Compare(moved, MaskEffect.Of(result.Segment, result.Changed));
                break;
            case LostAct lost:
                _lost.Add(lost.Words);
                break;
        }

        return [];
    }

    private async Task<IReadOnlyList<BrickIndex>> RepeatStepAsync(StepAct act)
    {
        var place = (act.SegmentId, act.Place);
        var waiting = _waiting.GetValueOrDefault(place) ?? new WaitingAct(act.SegmentId, act.Place, [], []);
        state.Carry(waiting with { Own = [] });
        var request = new StepRequest
        {
            SegmentId = act.SegmentId,
            ModelId = act.ModelId,
            Prompts = [.. waiting.Own.Select(own => own.Prompt)],
            Slice = act.Place.Section?.Slice,
            Oblique = act.Place.Section?.Tilted,
            RequestId = act.RequestId,
            Window = act.Window,
            TaskId = act.TaskId,
            ExampleIds = act.ExampleIds,
        };
        var needed = await FollowAsync(
            act,
            act.TaskId,
            () => session.PredictAsync(request, CancellationToken.None),
            () => session.PredictAsync(request with { TaskId = null, ExampleIds = null }, CancellationToken.None));
        if (needed.Count == 0)
        {
            _waiting.Remove(place);
        }

        return needed;
    }

    // What had examples that are gone is done without them, and that is told.
    private async Task<IReadOnlyList<BrickIndex>> FollowAsync(
        ModelAct act, string? task, Func<IAsyncEnumerable<StepEvent>> again, Func<IAsyncEnumerable<StepEvent>> withoutExamples)
    {
        try
        {
            return await FollowAsync(act, again());
        }
        catch (Exception failure) when (task is not null && failure is TasksOffException or TaskNotFoundException or WrongStateException)
        {
            _lost.Add($"step {act.Effect.Step} of segment {act.SegmentId} is predicted without its examples, which are not there any more");
            return await FollowAsync(act, withoutExamples());
        }
    }

    // Until it is done, or bricks are missing: a bundle that was replaced may look at other voxels.
    private async Task<IReadOnlyList<BrickIndex>> FollowAsync(ModelAct act, IAsyncEnumerable<StepEvent> events)
    {
        await foreach (var happened in events)
        {
            if (happened is NeedsBricksEvent needs)
            {
                // Leaving the loop withdraws the step.
                return needs.Required;
            }

            if (happened is StepResult result)
            {
                Compare(act, MaskEffect.Of(result.Segment, result.Changed));
            }
        }

        return [];
    }

    private void Compare(MaskAct act, MaskEffect now)
    {
        if (now == act.Effect || ++_different > 1)
        {
            return;
        }

        // Later differences follow from the first.
        var reason = act is ModelAct asked && state.FingerprintOf(asked.ModelId) != asked.Fingerprint
            ? $"the server has another version of the model {asked.ModelId} now"
            : "other voxels were sent, or the server computes on another device";
        _lost.Add($"step {act.Effect.Step} of segment {act.SegmentId} came out differently than before: {reason}; later masks may differ, too");
    }

    private void ForgetWaiting(string segmentId)
    {
        foreach (var place in _waiting.Keys.Where(place => place.SegmentId == segmentId).ToList())
        {
            _waiting.Remove(place);
        }
    }

    private void Finish()
    {
        foreach (var waiting in _waiting.Values)
        {
            state.Carry(waiting);
        }

        journal.Record();
        if (text.Damage is { } damage)
        {
            _lost.Add(damage);
            journal.Write(new LostAct(damage));
        }

        _done = true;
        JournalLog.Resumed(log, new ShortId(session.Id), text.Acts.Count, _lost.Count == 0);
    }
}
