using SegBridge.Imaging.Geometry;
using SegBridge.Models.Slices;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Journal;
using SegBridge.Sessions.Segments;

namespace SegBridge.Sessions.Steps;

/// <summary>
/// Fills slice after slice from those that the user finished. Every slice takes the session's turn by itself, so that
/// other steps come in between; a prompt of the user on the slice in work wins. All slices of a run are one step of the
/// history; what is done stays when the run ends early.
/// </summary>
internal sealed class PropagationStep(SessionState session, ISliceModel model, PropagationRequest request, Action<StepEvent> emit)
    : FillStep(session, model, request.SegmentId, emit)
{
    private readonly string _run = request.RequestId ?? Guid.NewGuid().ToString("N");
    private readonly HashSet<(int Source, int Direction)> _ended = [];
    private readonly List<StoppedEvent> _stops = [];

    // The results in force are told again; what is left of the run is done.
    protected override bool TellAgain(Segment segment)
    {
        var results = segment.ResultsOfRun(_run);
        var end = segment.EndedRuns.GetValueOrDefault(_run);
        var isDone = end?.Results == results.Count;
        foreach (var told in results.Concat<StepEvent>(isDone ? [.. end!.Stops, new ProgressEvent(1, "done")] : []))
        {
            Emit(told);
        }

        return isDone;
    }

    protected override async Task<StepResult?> PredictAsync(StepInFlight step, CancellationToken cancellation)
    {
        try
        {
            _ended.Clear();
            _stops.Clear();
            var plan = Read(step, segment => PropagationPlan.Of(segment, request));
            for (var n = 0; n < plan.Targets.Count; n++)
            {
                var plane = new SlicePlane(plan.Axis, plan.Targets[n].Index);
                Emit(new ProgressEvent((float)n / plan.Targets.Count, $"slice {plane.Axis} = {plane.Index}"));
                await FillUnlessPromptedAsync(plan, plan.Targets[n], step, cancellation);
            }

            NoteEnd(step);
            Emit(new ProgressEvent(1, "done"));
            return null;
        }
        catch (Exception ended) when (ended is OperationCanceledException or SupersededException && step.IsSuperseded)
        {
            throw new SupersededException("the propagation was ended by a newer one, or by going back in the segment's history; the slices done so far stay in that history");
        }
    }

    private async Task FillUnlessPromptedAsync(PropagationPlan plan, PropagationTarget target, StepInFlight run, CancellationToken cancellation)
    {
        var plane = new SlicePlane(plan.Axis, target.Index);
        using var slice = new StepInFlight([], [], null, run.Superseded);
        if (!Claim(plane, slice))
        {
            return;
        }

        try
        {
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, slice.Superseded);
            ForgetReads();
            await FillAsync(plan, target, plane, slice, linked.Token);
        }
        catch (Exception ended) when (ended is OperationCanceledException or SupersededException
            && slice.IsSuperseded && !run.IsSuperseded && !cancellation.IsCancellationRequested)
        {
            // The user prompted on this slice: it is his.
        }
        finally
        {
            Release(plane, slice);
        }
    }

    private async Task FillAsync(PropagationPlan plan, PropagationTarget target, SlicePlane plane, StepInFlight slice, CancellationToken cancellation)
    {
        var fill = new SliceFill(plane, plane with { Index = target.Before }, ExamplesFor(target, plan), _run) { TaskId = request.TaskId };
        if (target.IsBehindEnd || _ended.Contains(target.Way))
        {
            Clear(fill, slice);
            return;
        }

        if (UpToDate(fill, slice) is { } confidence)
        {
            if (confidence < request.StopBelow)
            {
                Stop(target, fill, confidence, slice);
            }

            return;
        }

        float? stoppedAt = null;
        bool Accepts(float sure)
        {
            stoppedAt = sure == 0 || sure < request.StopBelow ? sure : null;
            return stoppedAt is null;
        }

        await FillAsync(fill, Accepts, slice, cancellation);
        if (stoppedAt is { } unsure)
        {
            Stop(target, fill, unsure, slice);
        }
    }

    // No more than the model needs: measured, slices further away make it worse, not better.
    private SlicePlane[] ExamplesFor(PropagationTarget target, PropagationPlan plan)
    {
        var least = Manifest.LeastContext;
        return Manifest.UsesContext && (request.TaskId is not null || plan.Sources.Count >= least)
            ? [.. plan.Nearest(target.Index, least).Select(source => new SlicePlane(plan.Axis, source))]
            : [];
    }

    // The confidence of a slice that would come out as it is; null: it must be predicted.
    private float? UpToDate(SliceFill fill, StepInFlight slice) => Read<float?>(slice, segment =>
        segment.SliceAt(fill.Plane).Origin is { } origin
        && origin.Mask == PropagationInputs.FingerprintOf(segment.Mask.Read(fill.Plane.BoxIn(Geometry.Size)))
        && origin.Inputs == InputsOf(fill, slice).Fingerprint
            ? origin.Confidence
            : null);

    private void Stop(PropagationTarget target, SliceFill fill, float confidence, StepInFlight slice)
    {
        _ended.Add(target.Way);
        _stops.Add(new StoppedEvent(fill.Plane, confidence));
        Emit(_stops[^1]);
        Clear(fill, slice);
    }

    private void NoteEnd(StepInFlight step)
    {
        if (request.RequestId is null)
        {
            return;
        }

        lock (Session.Gate)
        {
            if (step.IsSuperseded)
            {
                throw new SupersededException();
            }

            var segment = Session.GetSegment(request.SegmentId);
            var end = segment.EndedRuns[_run] = new RunEnd(segment.ResultsOfRun(_run).Count, [.. _stops]);
            Session.Journal?.Write(new PropagatedAct(request.SegmentId, _run, end));
        }
    }

    // False: the user is at this slice, or has been since the run began.
    private bool Claim(SlicePlane plane, StepInFlight slice)
    {
        lock (Session.Gate)
        {
            var (segment, place) = (Session.GetSegment(request.SegmentId), new StepPlace(plane));
            if (segment.Kept.Contains(plane) || segment.InFlight.GetValueOrDefault(place) is { IsSuperseded: false })
            {
                return false;
            }

            segment.InFlight[place] = slice;
            return true;
        }
    }

    private void Release(SlicePlane plane, StepInFlight slice)
    {
        lock (Session.Gate)
        {
            if (Session.FindSegment(request.SegmentId) is { } segment && segment.InFlight.GetValueOrDefault(new StepPlace(plane)) == slice)
            {
                segment.InFlight.Remove(new StepPlace(plane));
            }
        }
    }
}
