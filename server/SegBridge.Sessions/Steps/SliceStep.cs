using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;
using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;
using SegBridge.Models.Slices;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Sections;
using SegBridge.Sessions.Segments;
using SegBridge.Sessions.Tasks.Context;

namespace SegBridge.Sessions.Steps;

/// <summary>One step of a 2D model on one slice, of the volume's grid or oblique.</summary>
internal class SliceStep(
    SessionState session,
    ISliceModel model,
    StepRequest request,
    Section section,
    Action<StepEvent> emit) : Step(session, request, new StepPlace(section), emit)
{
    /// <summary>How the slice lies in the volume.</summary>
    protected SectionFrame Frame { get; } = SectionFrame.Of(section, session.Volume.Geometry);

    protected override ModelManifest Manifest => model.Manifest;

    protected override async Task<StepResult?> PredictAsync(StepInFlight step, CancellationToken cancellation)
    {
        await WaitForBricksAsync(Frame.Missing, section.Slice is null ? [] : [Frame.Box], step, cancellation);
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

        return (Frame.VoxelAt(Frame.Rows / 2, Frame.Columns / 2) ?? Frame.Box.Lower).Centre;
    }

    private async Task<StepOutcome> PredictInTurnAsync(StepInFlight step, CancellationToken cancellation)
    {
        var turnMs = ElapsedMs;
        Laps.End("wait");
        var before = Read(step, segment => (State: segment.SliceAt(section), Mask: segment.Mask.Read(Frame.Box)));
        var masks = step.Masks;
        var prompts = before.State.Prompts.AddRange(step.Drawn);

        // A step that only sets the user's own mask needs no model.
        if (masks.Count > 0 && prompts.IsEmpty)
        {
            return OutcomeOf(masks, masks, SliceState.Fresh, new StepTiming(turnMs, BricksMs, 0, ElapsedMs));
        }

        // With the same examples the model makes the same candidates again.
        var request = Request.TaskId is null ? Request : Request with { ExampleIds = ContextOf(Request).ExampleIds };
        var asked = new SliceProposals(request, model, section, prompts, PreviousLogits(before, masks), before.State.Logits);
        var prediction = await AskAsync(asked, cancellation);
        var timing = new StepTiming(turnMs + prediction.QueueMs, BricksMs, prediction.ModelMs, ElapsedMs);
        var outcome = OutcomeOf(asked, prediction.Candidates[prediction.Chosen], before.Mask, masks, timing) with
        {
            Candidates = Request.ReturnCandidates ? CandidatesOf(prediction) : null,
        };
        Laps.End("resample");
        return outcome;
    }

    /// <summary>Has the model propose, and keeps its candidates as long as there is room.</summary>
    protected async Task<SlicePrediction> AskAsync(SliceProposals asked, CancellationToken cancellation)
    {
        Laps.End("prompts");
        var image = Image;
        Laps.End("bricks");
        var prompts = SlicePromptRaster.Draw(asked.Prompts, section, Geometry);
        Laps.End("prompts");
        var chosen = ContextOf(asked.Request);
        Laps.End("context");
        var prediction = await model.PredictAsync(image, prompts, chosen.Context, asked.Previous, Session.Id, EmitQueued, cancellation);
        Laps.End("handover", [new Lap("queue", prediction.QueueMs), .. prediction.Parts]);
        cancellation.ThrowIfCancellationRequested();
        Session.Contexts?.Learn(model, chosen, prediction.ModelMs);
        Session.Candidates.Keep(
            asked, prediction.Candidates, prediction.Candidates.Sum(candidate => candidate.Mask.Length + ((long)candidate.Logits.Length * sizeof(float))));
        return prediction;
    }

    /// <summary>A candidate as the slice's new content; voxels of its box that are not on it stay as they were before.</summary>
    protected StepOutcome OutcomeOf(
        SliceProposals asked, SliceCandidate candidate, BitBlock before, IReadOnlyList<BitBlock> masks, StepTiming timing)
    {
        var content = Frame.OnVolume(candidate.Mask, before);
        var state = new SliceState(asked.Prompts, candidate.Logits, model.Manifest.Id) { Window = Window };
        return OutcomeOf([.. masks, content], masks, state, timing) with
        {
            Confidence = candidate.Confidence,
            Next = candidate.MostUncertain is { } pixel && Frame.VoxelAt(pixel.Row, pixel.Column) is { } voxel
                ? new UncertainVoxel(voxel, pixel.Uncertainty)
                : null,
            Proposals = asked,
            ExampleIds = asked.Request.ExampleIds ?? [],
            CellMm = CellMm,
        };
    }

    private IntensityWindow? Window => Request.Window ?? Session.Volume.DisplayWindow;

    private SliceImage Image => Session.Images.Get(section, Window);

    private ChosenContext ContextOf(StepRequest request) =>
        request.TaskId is { } task ? Session.Contexts!.Choose(task, model, Image, request.ExampleIds) : ChosenContext.None;

    private double CellMm => Math.Min(
        Frame.Rows * Frame.PixelSpacing.Row / model.Manifest.Input.Size[0],
        Frame.Columns * Frame.PixelSpacing.Column / model.Manifest.Input.Size[1]);

    private StepOutcome OutcomeOf(
        IReadOnlyList<BitBlock> contents, IReadOnlyList<BitBlock> masks, SliceState state, StepTiming timing) => new()
    {
        Contents = contents,
        After = before =>
        {
            var kept = WithoutLogits(before, masks);
            // A 3D model starts from the mask that the slice has changed, not from what it said itself.
            return kept with { Slices = kept.Slices.SetItem(section, state), Patch = kept.Patch with { Logits = null, ModelId = null } };
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

        var mask = Frame.Show(before.Mask);
        foreach (var own in masks)
        {
            Frame.Overwrite(mask, own);
        }

        return mask.AsSpan().ContainsAnyExcept((byte)0) ? model.LogitsOf(mask, Frame.Rows, Frame.Columns) : (ReadOnlyMemory<float>?)null;
    }

    private CandidatesEvent CandidatesOf(SlicePrediction prediction) => CandidateMasks.Of(
        [.. prediction.Candidates.Select(candidate => (Frame.OnVolume(candidate.Mask, rest: null), candidate.Confidence))],
        prediction.Chosen,
        Geometry.VoxelVolumeMl);
}
