using System.Diagnostics;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;
using SegBridge.Models.Bundles;
using SegBridge.Models.Slices;
using SegBridge.Sessions.Journal;
using SegBridge.Sessions.Sections;
using SegBridge.Sessions.Segments;
using SegBridge.Sessions.Tasks.Context;

namespace SegBridge.Sessions.Steps;

/// <summary>Predicts slices from the mask of the slice before and from finished slices, without prompts of the user.</summary>
internal abstract class FillStep(SessionState session, ISliceModel model, string segmentId, Action<StepEvent> emit)
    : Step(session, new StepRequest { SegmentId = segmentId }, StepPlace.Propagation, emit)
{
    private readonly Dictionary<SlicePlane, (BitBlock Mask, SliceExample Example)> _examples = [];
    private SliceFill? _fill;
    private IReadOnlyList<VoxelBox> _read = [];

    protected override ModelManifest Manifest => model.Manifest;

    protected override NeedsBricksEvent WishesOf(IReadOnlyList<BrickIndex> missing, StepInFlight step)
    {
        var plane = _fill!.Plane;
        var (rows, columns) = plane.ShapeIn(Geometry.Size);
        return BrickWishes.OfSlice(Session, plane, missing, plane.VoxelAt(rows / 2, columns / 2).Centre);
    }

    protected override Act ActOf(MaskEffect effect, StepOutcome outcome) =>
        new FilledAct(Request.SegmentId, effect, _fill!, outcome.ModelId, ModelFingerprint.Of(Manifest)) { Reads = _read };

    /// <summary>Predicts a slice; it is committed unless it is not accepted.</summary>
    /// <param name="fill">The slice.</param>
    /// <param name="accepts">Told the confidence, 0 of an empty mask; false: the slice stays as it is.</param>
    /// <param name="slice">The slice in flight.</param>
    /// <param name="cancellation">Gives it up.</param>
    protected async Task FillAsync(SliceFill fill, Func<float, bool> accepts, StepInFlight slice, CancellationToken cancellation)
    {
        (_fill, _read) = (fill, [.. fill.Examples.Prepend(fill.Plane).Select(plane => plane.BoxIn(Geometry.Size))]);
        var start = Stopwatch.GetTimestamp();
        var bricksMs = BricksMs;
        await WaitForBricksAsync(store => [.. _read.SelectMany(store.Missing).Distinct()], _read, slice, cancellation);
        bricksMs = BricksMs - bricksMs;
        using var turn = await Session.Turns.EnterAsync(cancellation);
        var turnMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds - bricksMs;
        var inputs = InputsOf(fill, slice);
        if (inputs.Before.IsEmpty)
        {
            accepts(0);
            return;
        }

        var chosen = ContextOf(fill, inputs);
        _fill = fill with { ExampleIds = fill.TaskId is null ? null : chosen.ExampleIds };
        var prediction = await PredictAsync(fill.Plane, inputs, chosen, cancellation);
        cancellation.ThrowIfCancellationRequested();
        var isEmpty = !prediction.Mask.AsSpan().ContainsAnyExcept((byte)0);
        if (accepts(isEmpty ? 0 : prediction.Confidence))
        {
            var timing = new StepTiming(
                turnMs + prediction.QueueMs, bricksMs, prediction.ModelMs, Stopwatch.GetElapsedTime(start).TotalMilliseconds - bricksMs);
            Emit(Commit(slice, OutcomeOf(fill, inputs, prediction, timing, slice) with { ExampleIds = chosen.ExampleIds }));
        }
    }

    /// <summary>Empties a slice that an earlier run filled.</summary>
    protected void Clear(SliceFill fill, StepInFlight slice)
    {
        if (Read(slice, segment => segment.SliceAt(fill.Plane).Origin) is not null)
        {
            (_fill, _read) = (fill with { IsCleared = true }, []);
            Emit(Commit(slice, OutcomeOf(
                fill, new BitBlock(fill.Plane.BoxIn(Geometry.Size)), before => before.Slices.Remove(fill.Plane), new StepTiming(0, 0, 0, 0))));
        }
    }

    protected PropagationInputs InputsOf(SliceFill fill, StepInFlight slice) => Read(
        slice, segment => PropagationInputs.Of(segment, fill, model.Manifest, Session.Inbox.Replacements));

    // Without enough of them for the model, as without any.
    private ChosenContext ContextOf(SliceFill fill, PropagationInputs inputs)
    {
        var chosen = fill.TaskId is { } task ? Session.Contexts!.Choose(task, model, ImageOf(fill.Plane), fill.ExampleIds) : ChosenContext.None;
        var all = chosen.Beside([.. inputs.Examples.Select(ExampleOf)]);
        return all.Context.Count >= Manifest.LeastContext ? all : ChosenContext.None;
    }

    private async Task<SlicePrediction> PredictAsync(
        SlicePlane plane, PropagationInputs inputs, ChosenContext chosen, CancellationToken cancellation)
    {
        var (rows, columns) = plane.ShapeIn(Geometry.Size);
        var before = Show(inputs.Before);
        var logits = NeighbourPrompts.Logits(model, before, rows, columns, chosen.Context.Count > 0);
        if (chosen.Context.Count == 0)
        {
            return await model.PredictAsync(
                ImageOf(plane), NeighbourPrompts.Core(before, rows, columns), logits, Session.Id, EmitQueued, cancellation);
        }

        var prediction = await model.PredictAsync(
            ImageOf(plane), new SlicePrompts(), chosen.Context, logits, Session.Id, EmitQueued, cancellation);
        if (chosen.ExampleIds.Count > 0)
        {
            Session.Contexts!.Learn(model, chosen, prediction.ModelMs);
        }

        return prediction;
    }

    private StepOutcome OutcomeOf(
        SliceFill fill, PropagationInputs inputs, SlicePrediction prediction, StepTiming timing, StepInFlight slice)
    {
        var plane = fill.Plane;
        var content = BitBlock.FromVoxels(plane.BoxIn(Geometry.Size), prediction.Mask);
        var own = Read(slice, segment => Session.WithoutOthers(segment, content));
        var state = new SliceState([], prediction.Logits, model.Manifest.Id)
        {
            Origin = new SliceOrigin(inputs.Sources, inputs.Fingerprint, PropagationInputs.FingerprintOf(own), prediction.Confidence),
        };
        return OutcomeOf(fill, own, before => before.Slices.SetItem(plane, state), timing) with
        {
            Confidence = prediction.Confidence,
            Next = prediction.MostUncertain is { } pixel ? new UncertainVoxel(plane.VoxelAt(pixel.Row, pixel.Column), pixel.Uncertainty) : null,
        };
    }

    private StepOutcome OutcomeOf(
        SliceFill fill, BitBlock content, Func<SegmentState, System.Collections.Immutable.ImmutableDictionary<Section, SliceState>> slices, StepTiming timing) => new()
    {
        Contents = [content],
        After = before => before with { Slices = slices(before), Patch = before.Patch with { Logits = null, ModelId = null } },
        ModelId = model.Manifest.Id,
        Slice = fill.Plane,
        Run = fill.Run,
        Timing = timing,
    };

    private SliceExample ExampleOf(SliceMask slice)
    {
        if (!_examples.TryGetValue(slice.Plane, out var known) || !known.Mask.Bits.SequenceEqual(slice.Mask.Bits))
        {
            known = (slice.Mask, model.ExampleOf(ImageOf(slice.Plane), Show(slice)));
            _examples[slice.Plane] = known;
        }

        return known.Example;
    }

    private byte[] Show(SliceMask slice) => SectionFrame.Of(slice.Plane, Geometry).Show(slice.Mask);

    private SliceImage ImageOf(SlicePlane plane) => Session.Images.Get(plane, Session.Volume.DisplayWindow);
}
