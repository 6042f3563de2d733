using System.Collections.Immutable;
using System.Diagnostics;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;
using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Journal;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Sections;
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
    private readonly BrickWait _bricks = new(session, emit);
    private IReadOnlyList<VoxelBox> _reads = [];
    private (SegmentState State, ImmutableList<RequestedPrompt> Prompts)? _basis;

    protected SessionState Session { get; } = session;

    protected StepRequest Request { get; } = request;

    protected VolumeGeometry Geometry { get; } = session.Volume.Geometry;

    /// <summary>Of the model that predicts.</summary>
    protected abstract ModelManifest Manifest { get; }

    /// <summary>Where the time goes, until the next result.</summary>
    protected Laps Laps { get; } = new();

    /// <summary>Milliseconds spent waiting for bricks so far.</summary>
    protected double BricksMs => _bricks.Ms;

    /// <summary>Milliseconds since the request, without those spent waiting for bricks.</summary>
    protected double ElapsedMs => Stopwatch.GetElapsedTime(_start).TotalMilliseconds - BricksMs;

    /// <summary>The user's choice that this step carries out; null: it predicts.</summary>
    protected virtual CandidateChoice? Choice => null;

    /// <exception cref="SupersededException">A newer step on this place took the prompts over.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var admission = new StepAdmission(Session, Request, place, Choice);
        if (admission.Enter(TellAgain) is not { } step)
        {
            return;
        }

        Laps.End("admit");
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, step.Superseded, Session.Closed);
        var committed = false;
        try
        {
            var result = await PredictOnOneStateAsync(step, linked.Token);
            committed = true;
            if (result is not null)
            {
                emit(result);
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SupersededException)
        {
            throw WhyStopped(step);
        }
        finally
        {
            admission.Leave(step, committed);
            step.Dispose();
        }
    }

    /// <summary>Waits for what it needs, predicts, and commits. Null: all results were emitted already.</summary>
    protected abstract Task<StepResult?> PredictAsync(StepInFlight step, CancellationToken cancellation);

    /// <summary>What to ask the client for, of bricks that are missing.</summary>
    protected abstract NeedsBricksEvent WishesOf(IReadOnlyList<BrickIndex> missing, StepInFlight step);

    protected void Emit(StepEvent happened) => emit(happened);

    protected void EmitQueued(int ahead) => emit(new QueuedEvent(ahead));

    /// <summary>Waits until no brick that it needs is missing.</summary>
    /// <param name="missingOf">The bricks that it needs and that are not there.</param>
    /// <param name="reads">The voxels that it is about to read, for the journal; none where that is not known in boxes.</param>
    /// <param name="step">The step.</param>
    /// <param name="cancellation">Ends the wait.</param>
    protected async Task WaitForBricksAsync(
        Func<BrickStore, IReadOnlyList<BrickIndex>> missingOf, IReadOnlyList<VoxelBox> reads, StepInFlight step, CancellationToken cancellation)
    {
        await _bricks.UntilThereAsync(missingOf, missing => WishesOf(missing, step), cancellation);
        Laps.End("wait");
        ForgetReads();
        _reads = reads;
    }

    /// <summary>Reads the segment under the lock. After the wait for bricks all reads must see the same state.</summary>
    protected T Read<T>(StepInFlight step, Func<Segment, T> read)
    {
        lock (Session.Gate)
        {
            if (step.IsSuperseded)
            {
                throw new SupersededException();
            }

            var segment = Session.GetSegment(Request.SegmentId);
            RequireSame(segment, step);
            return read(segment);
        }
    }

    /// <summary>Puts the outcome into the segment and its history.</summary>
    protected StepResult Commit(StepInFlight step, StepOutcome outcome)
    {
        var start = Stopwatch.GetTimestamp();
        lock (Session.Gate)
        {
            if (step.IsSuperseded)
            {
                throw new SupersededException();
            }

            var segment = Session.GetSegment(Request.SegmentId);
            segment.RequireUnlocked();
            RequireSame(segment, step);
            Choice?.Require(segment);
            if (outcome.Candidates is { } candidates)
            {
                emit(candidates);
            }

            var (earlier, own) = (segment.State.Drawn, DrawnPrompt.Of(step, place.Section?.Slice).ToArray());
            var masks = step.Masks;
            BitBlock Corrected(BitBlock content) => masks.Contains(content)
                ? content
                : PromptsWin.In(content, segment.Mask.Read(content.Box), earlier, own, Geometry, outcome.CellMm);
            MaskChange[] changes = [.. outcome.Contents.Select(content => segment.Mask.Replace(Session.WithoutOthers(segment, Corrected(content))))];
            Laps.End("diff");
            var timing = outcome.Timing with
            {
                TotalMs = outcome.Timing.TotalMs + Stopwatch.GetElapsedTime(start).TotalMilliseconds,
                Parts = Laps.Parts,
            };
            Laps.Restart();
            var report = new StepReport(
                HistoryStep.BoxOf(changes), outcome.Slice is { } slice ? slice : place.Section,
                outcome.ModelId, outcome.Confidence, outcome.Next, timing);
            var done = new HistoryStep(
                Request.RequestId, changes, segment.State, outcome.After(segment.State) with { Drawn = earlier.AddRange(own) }, [report])
            {
                Proposals = outcome.Proposals,
                Chosen = Choice?.Candidate,
                Run = outcome.Run,
                ExampleIds = outcome.ExampleIds,
            };
            segment.Commit(done);
            Session.Count(segment);
            var result = report.ToResult(segment, segment.Position);
            Session.Journal?.Write(ActOf(MaskEffect.Of(result.Segment, result.Changed), outcome));
            _basis = null;
            return result;
        }
    }

    /// <summary>The state of slices, without the logits of those that a mask drawn elsewhere now covers.</summary>
    protected SegmentState WithoutLogits(SegmentState state, IEnumerable<BitBlock> masks) => masks.Aggregate(state, (kept, mask) => kept with
    {
        Slices = kept.Slices.SetItems(kept.Slices
            .Where(slice => !SectionFrame.Of(slice.Key, Geometry).Box.Intersect(mask.Box).IsEmpty)
            .Select(slice => KeyValuePair.Create(slice.Key, slice.Value with { Logits = null, LogitsModelId = null, Origin = null }))),
        Patch = kept.Patch with { Logits = null, ModelId = null },
    });

    /// <summary>
    /// Tells again what this request brought when it was sent before. Under the session's lock.
    /// </summary>
    /// <returns>Whether that was all of it: then it is not done again.</returns>
    protected virtual bool TellAgain(Segment segment)
    {
        if (segment.ResultOf(Request.RequestId) is not { } known)
        {
            return false;
        }

        emit(known);
        return true;
    }

    private Exception WhyStopped(StepInFlight step)
    {
        var (end, reason) = step switch
        {
            { IsWithdrawn: true } => ("withdrawn", new OperationCanceledException()),
            { IsSuperseded: true } => ("superseded", new SupersededException()),
            _ when Session.Closed.IsCancellationRequested =>
                ("ended with its session", new WrongStateException("the session was closed during the step")),
            _ => ("cancelled", (Exception)new OperationCanceledException()),
        };
        SessionsLog.Stale(Session.Log, new ShortId(Session.Id), end, ElapsedMs, BricksMs);
        return reason;
    }

    /// <summary>What was read before does not bind what is read from now on.</summary>
    protected void ForgetReads() => (_reads, _basis) = ([], null);

    /// <summary>The step as the journal keeps it.</summary>
    protected virtual Act ActOf(MaskEffect effect, StepOutcome outcome) => Choice is { } choice
        ? new ChosenAct(Request.SegmentId, effect, choice.Candidate) { RequestId = choice.RequestId }
        : new StepAct(Request.SegmentId, effect, place, outcome.ModelId, ModelFingerprint.Of(Manifest))
        {
            RequestId = Request.RequestId,
            Window = Request.Window,
            TaskId = Request.TaskId,
            ExampleIds = Request.TaskId is null ? null : outcome.ExampleIds,
            Reads = _reads,
        };

    // Once more when the segment moved meanwhile (by an undo, say), or an inherited prompt was withdrawn: what was predicted
    // builds on what is no more.
    private async Task<StepResult?> PredictOnOneStateAsync(StepInFlight step, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                ForgetReads();
                return await PredictAsync(step, cancellation);
            }
            catch (SegmentMovedException)
            {
            }
        }
    }

    private void RequireSame(Segment segment, StepInFlight step)
    {
        if (_basis is var (state, prompts) && !(ReferenceEquals(state, segment.State) && ReferenceEquals(prompts, step.All)))
        {
            throw new SegmentMovedException();
        }

        _basis = (segment.State, step.All);
    }

    private sealed class SegmentMovedException : Exception;
}
