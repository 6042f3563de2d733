using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;
using SegBridge.Models.Slices;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Segments;
using SegBridge.Sessions.Tasks.Context;

namespace SegBridge.Sessions.Steps;

/// <summary>One step of a 2D model on one slice.</summary>
internal sealed class SliceStep(
    SessionState session,
    ISliceModel model,
    StepRequest request,
    SlicePlane plane,
    Action<StepEvent> emit) : Step(session, request, new StepPlace(plane), emit)
{
    protected override async Task<StepResult> PredictAsync(StepInFlight step, CancellationToken cancellation)
    {
        await WaitForBricksAsync(plane.BoxIn(Geometry.Size), step, cancellation);
        using var turn = await Session.Turns.EnterAsync(cancellation);
        return Commit(step, await PredictInTurnAsync(step, cancellation));
    }

    protected override NeedsBricksEvent WishesOf(IReadOnlyList<BrickIndex> missing, StepInFlight step) =>
        BrickWishes.OfSlice(Session, plane, missing, FocusOf(step));

    private VoxelPoint FocusOf(StepInFlight step)
    {
        if (!step.All.IsEmpty)
        {
            return PromptPlane.FocusOf(step.All[^1].Prompt);
        }

        var (rows, columns) = plane.ShapeIn(Geometry.Size);
        return plane.VoxelAt(rows / 2, columns / 2).Centre;
    }

    private async Task<StepOutcome> PredictInTurnAsync(StepInFlight step, CancellationToken cancellation)
    {
        var turnMs = ElapsedMs;
        var before = Read(step, segment => (State: segment.SliceAt(plane), Mask: segment.Mask.Read(plane.BoxIn(Geometry.Size))));
        var masks = step.Masks;
        var prompts = before.State.Prompts.AddRange(step.Drawn);

        // A step that only sets the user's own mask needs no model.
        if (masks.Count > 0 && prompts.IsEmpty)
        {
            return OutcomeOf(masks, masks, SliceState.Fresh, new StepTiming(turnMs, BricksMs, 0, ElapsedMs));
        }

        var slicePrompts = SlicePromptRaster.Draw(prompts, plane, Geometry);
        var image = Session.Images.Get(plane, Request.Window ?? Session.Volume.DisplayWindow);
        var chosen = Request.TaskId is { } task ? Session.Contexts!.Choose(task, model, image, Request.ExampleIds) : ChosenContext.None;
        var prediction = await model.PredictAsync(
            image, slicePrompts, chosen.Context, PreviousLogits(before, masks), Session.Id, EmitQueued, cancellation);
        cancellation.ThrowIfCancellationRequested();
        Session.Contexts?.Learn(model, chosen, prediction.ModelMs);

        var content = BitBlock.FromVoxels(plane.BoxIn(Geometry.Size), prediction.Mask);
        var state = new SliceState(prompts, prediction.Logits, model.Manifest.Id) { Window = image.Window };
        var timing = new StepTiming(turnMs + prediction.QueueMs, BricksMs, prediction.ModelMs, ElapsedMs);
        return OutcomeOf([.. masks, content], masks, state, timing) with
        {
            ExampleIds = chosen.ExampleIds,
            Confidence = prediction.Confidence,
            Next = prediction.MostUncertain is { } pixel ? new UncertainVoxel(plane.VoxelAt(pixel.Row, pixel.Column), pixel.Uncertainty) : null,
            Candidates = Request.ReturnCandidates ? CandidatesOf(prediction) : null,
        };
    }

    private StepOutcome OutcomeOf(
        IReadOnlyList<BitBlock> contents, IReadOnlyList<BitBlock> masks, SliceState state, StepTiming timing) => new()
    {
        Contents = contents,
        After = before =>
        {
            var kept = WithoutLogits(before, masks);
            // A 3D model starts from the mask that the slice has changed, not from what it said itself.
            return new SegmentState(kept.Slices.SetItem(plane, state), kept.Patch with { Logits = null, ModelId = null });
        },
        ModelId = model.Manifest.Id,
        Timing = timing,
    };

    private ReadOnlyMemory<float>? PreviousLogits((SliceState State, BitBlock Mask) before, IReadOnlyList<BitBlock> masks)
    {
        if (masks.Count == 0 && before.State.Logits is not null && before.State.LogitsModelId == model.Manifest.Id)
        {
            return before.State.Logits;
        }

        var mask = SliceBits.Unpack(before.Mask);
        foreach (var own in masks)
        {
            SliceBits.Overwrite(mask, before.Mask.Box, own);
        }

        var (rows, columns) = plane.ShapeIn(Geometry.Size);
        return mask.AsSpan().ContainsAnyExcept((byte)0) ? model.LogitsOf(mask, rows, columns) : (ReadOnlyMemory<float>?)null;
    }

    private CandidatesEvent CandidatesOf(SlicePrediction prediction)
    {
        var box = plane.BoxIn(Geometry.Size);
        var candidates = prediction.Candidates.Select((candidate, index) =>
        {
            var content = BitBlock.FromVoxels(box, candidate.Mask);
            var mask = content.Crop(content.BoundingBox);
            return new CandidateInfo(index, candidate.Confidence, mask, mask.Count * Geometry.VoxelVolumeMl);
        });
        return new CandidatesEvent([.. candidates], prediction.Chosen);
    }
}
