using System.Collections.Immutable;
using System.Diagnostics;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Segments;

namespace SegBridge.Sessions.Steps;

/// <summary>
/// One step on one place of a segment: it supersedes an older step there, waits for bricks and for the session's
/// turn, and puts its outcome into the segment. What is read and written of the segment is guarded by the
/// session's lock.
/// </summary>
internal abstract class Step(SessionState session, StepRequest request, StepPlace place, Action<StepEvent> emit)
{
    private readonly long _start = Stopwatch.GetTimestamp();

    protected SessionState Session { get; } = session;

    protected StepRequest Request { get; } = request;

    protected VolumeGeometry Geometry { get; } = session.Volume.Geometry;

    /// <summary>Milliseconds spent waiting for bricks so far.</summary>
    protected double BricksMs { get; private set; }

    /// <summary>Milliseconds since the request, without those spent waiting for bricks.</summary>
    protected double ElapsedMs => Stopwatch.GetElapsedTime(_start).TotalMilliseconds - BricksMs;

    /// <exception cref="SupersededException">A newer step on this place took the prompts over.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        if (Register() is not { } step)
        {
            return;
        }

        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, step.Superseded, Session.Closed);
        var committed = false;
        try
        {
            var result = await PredictAsync(step, linked.Token);
            committed = true;
            emit(result);
        }
        catch (OperationCanceledException) when (step.IsSuperseded)
        {
            throw new SupersededException();
        }
        catch (OperationCanceledException) when (Session.Closed.IsCancellationRequested)
        {
            throw new WrongStateException("the session was closed during the step");
        }
        finally
        {
            Unregister(step, committed);
            step.Dispose();
        }
    }

    /// <summary>Waits for what it needs, predicts, and commits.</summary>
    protected abstract Task<StepResult> PredictAsync(StepInFlight step, CancellationToken cancellation);

    /// <summary>What to ask the client for, of bricks that are missing.</summary>
    protected abstract NeedsBricksEvent WishesOf(IReadOnlyList<BrickIndex> missing, StepInFlight step);

    protected void Emit(StepEvent happened) => emit(happened);

    protected void EmitQueued(int ahead) => emit(new QueuedEvent(ahead));

    /// <summary>Waits until all bricks of a box are there.</summary>
    protected async Task WaitForBricksAsync(VoxelBox box, StepInFlight step, CancellationToken cancellation)
    {
        var inbox = Session.Inbox;
        var waitStart = Stopwatch.GetTimestamp();
        for (var asked = false; ; asked = true)
        {
            var arrival = inbox.NextArrival;
            var missing = inbox.Store.Missing(box);
            if (missing.Count == 0)
            {
                break;
            }

            if (!asked)
            {
                inbox.RequireRoomFor(missing);
                emit(WishesOf(missing, step));
            }

            try
            {
                await arrival.WaitAsync(Session.Options.BrickWait, Session.Time, cancellation);
            }
            catch (TimeoutException)
            {
                throw new WrongStateException(
                    $"{missing.Count} of the bricks that the prediction needs did not arrive and none came for {Session.Options.BrickWait.TotalSeconds:0} s; send them and predict again with the same prompts");
            }
        }

        BricksMs += Stopwatch.GetElapsedTime(waitStart).TotalMilliseconds;
    }

    /// <summary>Reads the segment under the lock.</summary>
    protected T Read<T>(StepInFlight step, Func<Segment, T> read)
    {
        lock (Session.Gate)
        {
            if (step.IsSuperseded)
            {
                throw new SupersededException();
            }

            return read(Session.GetSegment(Request.SegmentId));
        }
    }

    /// <summary>Puts the outcome into the segment and its history.</summary>
    protected StepResult Commit(StepInFlight step, StepOutcome outcome)
    {
        lock (Session.Gate)
        {
            if (step.IsSuperseded)
            {
                throw new SupersededException();
            }

            var segment = Session.GetSegment(Request.SegmentId);
            segment.RequireUnlocked();
            if (outcome.Candidates is { } candidates)
            {
                emit(candidates);
            }

            var done = new HistoryStep(
                Request.RequestId,
                [.. outcome.Contents.Select(content => segment.Mask.Replace(Session.WithoutOthers(segment, content)))],
                segment.State,
                outcome.After(segment.State),
                place.Slice,
                outcome.ModelId,
                outcome.Confidence,
                outcome.Next,
                outcome.Timing)
            {
                ExampleIds = outcome.ExampleIds,
            };
            segment.Commit(done);
            Session.Count(segment);
            return Repeat(segment, done, segment.Position);
        }
    }

    /// <summary>The state of slices, without the logits of those that a mask drawn elsewhere now covers.</summary>
    protected SegmentState WithoutLogits(SegmentState state, IEnumerable<BitBlock> masks) => masks.Aggregate(state, (kept, mask) => kept with
    {
        Slices = kept.Slices.SetItems(kept.Slices
            .Where(slice => !slice.Key.BoxIn(Geometry.Size).Intersect(mask.Box).IsEmpty)
            .Select(slice => KeyValuePair.Create(slice.Key, slice.Value with { Logits = null, LogitsModelId = null }))),
        Patch = kept.Patch with { Logits = null, ModelId = null },
    });

    private static StepResult Repeat(Segment segment, HistoryStep step, int position) => new()
    {
        SegmentId = segment.Settings.Id,
        Step = position,
        Changed = segment.Mask.Read(step.Box),
        Confidence = step.Confidence,
        Segment = segment.Info,
        Next = step.Next,
        Timing = step.Timing,
        Slice = step.Slice,
        ModelId = step.ModelId,
    };

    // Null when this request was done before: its result is emitted again.
    private StepInFlight? Register()
    {
        lock (Session.Gate)
        {
            var segment = Session.GetOrAddSegment(Request.SegmentId);
            segment.RequireUnlocked();
            if (Request.RequestId is { } id && segment.Find(id) is { } found)
            {
                emit(Repeat(segment, found.Step, found.Position));
                return null;
            }

            var carried = segment.Carried.GetValueOrDefault(place, []);
            segment.Carried.Remove(place);
            if (segment.InFlight.TryGetValue(place, out var older))
            {
                older.Supersede();
                carried = older.All;
            }

            if (Request.RequestId is not null)
            {
                carried = carried.RemoveAll(prompt => prompt.RequestId == Request.RequestId);
            }

            var own = Request.Prompts.Select(prompt => new RequestedPrompt(Request.RequestId, prompt)).ToImmutableList();
            var step = new StepInFlight(carried, own);
            segment.InFlight[place] = step;
            return step;
        }
    }

    private void Unregister(StepInFlight step, bool committed)
    {
        lock (Session.Gate)
        {
            if (Session.FindSegment(Request.SegmentId) is not { } segment || segment.InFlight.GetValueOrDefault(place) != step)
            {
                return;
            }

            segment.InFlight.Remove(place);
            if (!committed && !step.Carried.IsEmpty)
            {
                // This step's own prompts go back with the error; those it inherited were promised to live on.
                segment.Carried[place] = step.Carried;
            }
        }
    }
}
