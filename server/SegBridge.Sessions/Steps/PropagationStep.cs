using System.Diagnostics;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;
using SegBridge.Models.Slices;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Segments;

namespace SegBridge.Sessions.Steps;

/// <summary>
/// Fills slice after slice from those that the user finished. Every slice takes the session's turn by itself, so that
/// other steps come in between; a prompt of the user on the slice in work wins. All slices of a run are one step of the
/// history; what is done stays when the run ends early.
/// </summary>
internal sealed class PropagationStep(SessionState session, ISliceModel model, PropagationRequest request, Action<StepEvent> emit)
    : Step(session, new StepRequest { SegmentId = request.SegmentId }, StepPlace.Propagation, emit)
{
    private readonly object _run = new();
    private readonly Dictionary<SlicePlane, (BitBlock Mask, SliceExample Example)> _examples = [];
    private readonly HashSet<(int Source, int Direction)> _ended = [];
    private SlicePlane _needed;

    protected override async Task<StepResult?> PredictAsync(StepInFlight step, CancellationToken cancellation)
    {
        try
        {
            var plan = Read(step, segment => PropagationPlan.Of(segment, request));
            for (var n = 0; n < plan.Targets.Count; n++)
            {
                var plane = new SlicePlane(plan.Axis, plan.Targets[n].Index);
                Emit(new ProgressEvent((float)n / plan.Targets.Count, $"slice {plane.Axis} = {plane.Index}"));
                await FillUnlessPromptedAsync(plan, plan.Targets[n], step, cancellation);
            }

            Emit(new ProgressEvent(1, "done"));
            return null;
        }
        catch (Exception ended) when (ended is OperationCanceledException or SupersededException && step.IsSuperseded)
        {
            throw new SupersededException("the propagation was ended by a newer one, or by going back in the segment's history; the slices done so far stay in that history");
        }
    }

    protected override NeedsBricksEvent WishesOf(IReadOnlyList<BrickIndex> missing, StepInFlight step)
    {
        var (rows, columns) = _needed.ShapeIn(Geometry.Size);
        return BrickWishes.OfSlice(Session, _needed, missing, _needed.VoxelAt(rows / 2, columns / 2).Centre);
    }

    private async Task FillUnlessPromptedAsync(PropagationPlan plan, PropagationTarget target, StepInFlight run, CancellationToken cancellation)
    {
        var plane = new SlicePlane(plan.Axis, target.Index);
        using var slice = new StepInFlight([], [], run.Superseded);
        if (!Claim(plane, slice))
        {
            return;
        }

        try
        {
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, slice.Superseded);
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
        if (target.IsBehindEnd || _ended.Contains(target.Way))
        {
            Clear(plane, slice);
            return;
        }

        var before = plane with { Index = target.Before };
        var examples = ExamplesFor(target, plan);
        if (UpToDate(plane, before, examples, slice) is { } confidence)
        {
            if (confidence < request.StopBelow)
            {
                Stop(target, plane, confidence, slice);
            }

            return;
        }

        var start = Stopwatch.GetTimestamp();
        var bricksMs = BricksMs;
        foreach (var needed in examples.Prepend(plane))
        {
            _needed = needed;
            await WaitForBricksAsync(needed.BoxIn(Geometry.Size), slice, cancellation);
        }

        bricksMs = BricksMs - bricksMs;
        using var turn = await Session.Turns.EnterAsync(cancellation);
        var turnMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds - bricksMs;
        var inputs = InputsOf(before, examples, slice);
        if (inputs.Before.IsEmpty)
        {
            Stop(target, plane, 0, slice);
            return;
        }

        var prediction = await PredictAsync(plane, inputs, cancellation);
        cancellation.ThrowIfCancellationRequested();
        if (prediction.Confidence < request.StopBelow || !prediction.Mask.AsSpan().ContainsAnyExcept((byte)0))
        {
            Stop(target, plane, prediction.Confidence, slice);
            return;
        }

        var timing = new StepTiming(
            turnMs + prediction.QueueMs, bricksMs, prediction.ModelMs, Stopwatch.GetElapsedTime(start).TotalMilliseconds - bricksMs);
        Emit(Commit(slice, OutcomeOf(plane, inputs, prediction, timing, slice)));
    }

    // No more than the model needs: measured, slices further away make it worse, not better.
    private SlicePlane[] ExamplesFor(PropagationTarget target, PropagationPlan plan)
    {
        var least = model.Manifest.LeastContext;
        return model.Manifest.UsesContext && plan.Sources.Count >= least
            ? [.. plan.Nearest(target.Index, least).Select(source => new SlicePlane(plan.Axis, source))]
            : [];
    }

    private Task<SlicePrediction> PredictAsync(SlicePlane plane, PropagationInputs inputs, CancellationToken cancellation)
    {
        var (rows, columns) = plane.ShapeIn(Geometry.Size);
        var before = SliceBits.Unpack(inputs.Before.Mask);
        var logits = NeighbourPrompts.Logits(model, before, rows, columns, inputs.Examples.Count > 0);
        return inputs.Examples.Count > 0
            ? model.PredictAsync(
                ImageOf(plane), new SlicePrompts(), new SliceContext(inputs.Examples.Select(ExampleOf)), logits, Session.Id, EmitQueued, cancellation)
            : model.PredictAsync(
                ImageOf(plane), NeighbourPrompts.Core(before, rows, columns), logits, Session.Id, EmitQueued, cancellation);
    }

    private StepOutcome OutcomeOf(
        SlicePlane plane, PropagationInputs inputs, SlicePrediction prediction, StepTiming timing, StepInFlight slice)
    {
        var content = BitBlock.FromVoxels(plane.BoxIn(Geometry.Size), prediction.Mask);
        var own = Read(slice, segment => Session.WithoutOthers(segment, content));
        var state = new SliceState([], prediction.Logits, model.Manifest.Id)
        {
            Origin = new SliceOrigin(inputs.Sources, inputs.Fingerprint, PropagationInputs.FingerprintOf(own), prediction.Confidence),
        };
        return OutcomeOf(plane, own, before => before.Slices.SetItem(plane, state), timing) with
        {
            Confidence = prediction.Confidence,
            Next = prediction.MostUncertain is { } pixel ? new UncertainVoxel(plane.VoxelAt(pixel.Row, pixel.Column), pixel.Uncertainty) : null,
        };
    }

    private StepOutcome OutcomeOf(
        SlicePlane plane, BitBlock content, Func<SegmentState, System.Collections.Immutable.ImmutableDictionary<SlicePlane, SliceState>> slices, StepTiming timing) => new()
    {
        Contents = [content],
        After = before => new SegmentState(slices(before), before.Patch with { Logits = null, ModelId = null }),
        ModelId = model.Manifest.Id,
        Slice = plane,
        Run = _run,
        Timing = timing,
    };

    // The confidence of a slice that would come out as it is; null: it must be predicted.
    private float? UpToDate(SlicePlane plane, SlicePlane before, SlicePlane[] examples, StepInFlight slice) => Read<float?>(slice, segment =>
        segment.SliceAt(plane).Origin is { } origin
        && origin.Mask == PropagationInputs.FingerprintOf(segment.Mask.Read(plane.BoxIn(Geometry.Size)))
        && origin.Inputs == InputsOf(before, examples, slice).Fingerprint
            ? origin.Confidence
            : null);

    private PropagationInputs InputsOf(SlicePlane before, SlicePlane[] examples, StepInFlight slice) =>
        Read(slice, segment => PropagationInputs.Of(segment, before, examples, model.Manifest, Session.Inbox.Replacements));

    private SliceExample ExampleOf(SliceMask slice)
    {
        if (!_examples.TryGetValue(slice.Plane, out var known) || !known.Mask.Bits.SequenceEqual(slice.Mask.Bits))
        {
            known = (slice.Mask, model.ExampleOf(ImageOf(slice.Plane), SliceBits.Unpack(slice.Mask)));
            _examples[slice.Plane] = known;
        }

        return known.Example;
    }

    private SliceImage ImageOf(SlicePlane plane) => Session.Images.Get(plane, Session.Volume.DisplayWindow);

    private void Stop(PropagationTarget target, SlicePlane plane, float confidence, StepInFlight slice)
    {
        _ended.Add(target.Way);
        Emit(new StoppedEvent(plane, confidence));
        Clear(plane, slice);
    }

    // What an earlier run put on slices that this one does not reach would follow from masks that are no more.
    private void Clear(SlicePlane plane, StepInFlight slice)
    {
        if (Read(slice, segment => segment.SliceAt(plane).Origin) is not null)
        {
            Emit(Commit(slice, OutcomeOf(
                plane, new BitBlock(plane.BoxIn(Geometry.Size)), before => before.Slices.Remove(plane), new StepTiming(0, 0, 0, 0))));
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
