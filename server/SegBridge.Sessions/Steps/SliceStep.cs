using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;
using SegBridge.Models.Bundles;
using SegBridge.Models.Slices;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Sections;
using SegBridge.Sessions.Segments;

namespace SegBridge.Sessions.Steps;

/// <summary>One step of a 2D model on one slice, of the volume's grid or oblique.</summary>
internal sealed class SliceStep(
    SessionState session,
    ISliceModel model,
    StepRequest request,
    Section section,
    Action<StepEvent> emit) : Step(session, request, new StepPlace(section), emit)
{
    private readonly SectionFrame _frame = SectionFrame.Of(section, session.Volume.Geometry);

    protected override ModelManifest Manifest => model.Manifest;

    protected override async Task<StepResult> PredictAsync(StepInFlight step, CancellationToken cancellation)
    {
        await WaitForBricksAsync(_frame.Missing, section.Slice is null ? [] : [_frame.Box], step, cancellation);
        using var turn = await Session.Turns.EnterAsync(cancellation);
        return Commit(step, await PredictInTurnAsync(step, cancellation));
    }

    protected override NeedsBricksEvent WishesOf(IReadOnlyList<BrickIndex> missing, StepInFlight step) =>
        section.Slice is { } plane
            ? BrickWishes.OfSlice(Session, plane, missing, FocusOf(step))
            : new NeedsBricksEvent(Session.Grid.NearestFirst(missing, FocusOf(step), Geometry.Spacing), []);

    private VoxelPoint FocusOf(StepInFlight step)
    {
        if (!step.All.IsEmpty)
        {
            return PromptPlane.FocusOf(step.All[^1].Prompt);
        }

        return (_frame.VoxelAt(_frame.Rows / 2, _frame.Columns / 2) ?? _frame.Box.Lower).Centre;
    }

    private async Task<StepOutcome> PredictInTurnAsync(StepInFlight step, CancellationToken cancellation)
    {
        var turnMs = ElapsedMs;
        var before = Read(step, segment => (State: segment.SliceAt(section), Mask: segment.Mask.Read(_frame.Box)));
        var masks = step.Masks;
        var prompts = before.State.Prompts.AddRange(step.Drawn);

        // A step that only sets the user's own mask needs no model.
        if (masks.Count > 0 && prompts.IsEmpty)
        {
            return OutcomeOf(masks, masks, SliceState.Fresh, new StepTiming(turnMs, BricksMs, 0, ElapsedMs));
        }

        var slicePrompts = SlicePromptRaster.Draw(prompts, section, Geometry);
        var image = Session.Images.Get(section, Request.Window ?? Session.Volume.DisplayWindow);
        var prediction = await model.PredictAsync(
            image, slicePrompts, PreviousLogits(before, masks), Session.Id, EmitQueued, cancellation);
        cancellation.ThrowIfCancellationRequested();

        var content = _frame.OnVolume(prediction.Mask, before.Mask);
        var state = new SliceState(prompts, prediction.Logits, model.Manifest.Id);
        var timing = new StepTiming(turnMs + prediction.QueueMs, BricksMs, prediction.ModelMs, ElapsedMs);
        return OutcomeOf([.. masks, content], masks, state, timing) with
        {
            Confidence = prediction.Confidence,
            Next = prediction.MostUncertain is { } pixel && _frame.VoxelAt(pixel.Row, pixel.Column) is { } voxel
                ? new UncertainVoxel(voxel, pixel.Uncertainty)
                : null,
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
            return new SegmentState(kept.Slices.SetItem(section, state), kept.Patch with { Logits = null, ModelId = null });
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

        var mask = _frame.Show(before.Mask);
        foreach (var own in masks)
        {
            _frame.Overwrite(mask, own);
        }

        return mask.AsSpan().ContainsAnyExcept((byte)0) ? model.LogitsOf(mask, _frame.Rows, _frame.Columns) : (ReadOnlyMemory<float>?)null;
    }

    private CandidatesEvent CandidatesOf(SlicePrediction prediction)
    {
        var candidates = prediction.Candidates.Select((candidate, index) =>
        {
            var content = _frame.OnVolume(candidate.Mask, rest: null);
            var mask = content.Crop(content.BoundingBox);
            return new CandidateInfo(index, candidate.Confidence, mask, mask.Count * Geometry.VoxelVolumeMl);
        });
        return new CandidatesEvent([.. candidates], prediction.Chosen);
    }
}
