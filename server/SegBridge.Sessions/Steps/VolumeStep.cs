using System.Collections.Immutable;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;
using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;
using SegBridge.Models.Volumes;
using SegBridge.Models.Volumes.Patches;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Patches;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Segments;

namespace SegBridge.Sessions.Steps;

/// <summary>
/// One step of a 3D model on the patch around the object, or on several (<see cref="PatchCover"/>): this step's prompts,
/// the previous logits and the cached features of the patch make candidates; the best is refined with all prompts so far
/// and comes to the volume.
/// </summary>
internal class VolumeStep(SessionState session, IVolumeModel model, StepRequest request, Action<StepEvent> emit)
    : Step(session, request, StepPlace.Volume, emit)
{
    private readonly PatchEncoder _encoder = new(session, model, request.Window);

    protected override ModelManifest Manifest => model.Manifest;

    protected IVolumeModel Model => model;

    protected override async Task<StepResult?> PredictAsync(StepInFlight step, CancellationToken cancellation)
    {
        while (true)
        {
            var needed = Plan(step);
            await WaitForBricksAsync(needed.Missing, needed.SourceBoxes, step, cancellation);
            using var turn = await Session.Turns.EnterAsync(cancellation);
            // The step before may have moved the object, and with it the patch.
            var plan = Plan(step);
            if (plan.Missing(Session.Inbox.Store).Count == 0)
            {
                var result = Commit(step, await PredictInTurnAsync(plan, step, cancellation));
                _encoder.FreezeStatistics();
                return result;
            }
        }
    }

    protected override NeedsBricksEvent WishesOf(IReadOnlyList<BrickIndex> missing, StepInFlight step)
    {
        var focus = step.All.IsEmpty ? MiddleOf(Geometry.Bounds) : PromptPlane.FocusOf(step.All[^1].Prompt);
        return new NeedsBricksEvent(Session.Grid.NearestFirst(missing, focus, Geometry.Spacing), []);
    }

    private VolumePlan Plan(StepInFlight step) => Read(step, segment =>
    {
        var before = segment.State.Patch;
        var prompts = before.Prompts.AddRange(step.Drawn);
        var (all, own) = (VolumePromptRaster.Draw(prompts, Geometry), VolumePromptRaster.Draw(step.Drawn, Geometry));
        var mask = step.Masks.Aggregate(segment.Mask.BoundingBox, (box, own) => box.Union(own.BoundingBox));
        var onlyMask = step.Masks.Count > 0 && all.IsEmpty;
        if (!onlyMask && own.IsEmpty)
        {
            throw new InvalidRequestException("prompts: a 3D model takes at least one new point, box, scribble or lasso with every step");
        }

        var cover = onlyMask ? null : PatchCover.Of(before, model.Manifest.Input, Geometry, mask, all, own);
        return new VolumePlan(prompts, all, own, cover, [.. (cover?.Patches ?? []).Select(patch => PatchImage.SourceBox(Geometry, patch))]);
    });

    private async Task<StepOutcome> PredictInTurnAsync(VolumePlan plan, StepInFlight step, CancellationToken cancellation)
    {
        var turnMs = ElapsedMs;
        Laps.End("wait");
        if (plan.Cover is not { } cover)
        {
            // A step that only sets the user's own mask needs no model.
            return OutcomeOf(step.Masks, step.Masks, PatchState.Fresh, new StepTiming(turnMs, BricksMs, 0, ElapsedMs));
        }

        var asked = ProposalsOf(plan, cover, step);
        var (said, queueMs, modelMs) = await AskAsync(asked, cancellation);
        var timing = new StepTiming(turnMs + queueMs, BricksMs, modelMs, ElapsedMs);
        var outcome = OutcomeOf(asked, [.. said.Select(answer => answer.Refined)], said.Min(answer => answer.Confidence), step, timing) with
        {
            Candidates = Request.ReturnCandidates ? CandidatesOf(asked, said, step) : null,
        };
        Laps.End("resample");
        return outcome;
    }

    private VolumeProposals ProposalsOf(VolumePlan plan, PatchCover cover, StepInFlight step)
    {
        var (state, current) = Read(step, segment => (segment.State.Patch, segment.Mask.Read(segment.Mask.BoundingBox)));
        var said = step.Masks.Count == 0 ? state.PartsOf(model.Manifest.Id) : [];
        VolumeProposals.Patch[] patches = [.. cover.Patches
            .Where(patch => !PromptsOn(patch, plan.Own, plan.All.Box).IsEmpty)
            .Select(patch => new VolumeProposals.Patch(patch, PreviousLogits(said, cover, current, step.Masks, patch)))];
        if (patches.Length == 0)
        {
            throw new InvalidRequestException("prompts: they lie too far apart for one patch of this model; prompt one part of the object after the other");
        }

        ImmutableList<KeptPart> beside = cover.OnLattice ? said.RemoveAll(part => patches.Any(patch => patch.Grid.Equals(part.Grid))) : [];
        return new VolumeProposals(Request, model, patches, beside, plan.Prompts, [.. step.Drawn], said);
    }

    /// <summary>Has the model propose on every patch, and keeps its candidates as long as there is room.</summary>
    protected async Task<(IReadOnlyList<VolumePrediction> Said, double QueueMs, double ModelMs)> AskAsync(
        VolumeProposals asked, CancellationToken cancellation)
    {
        var (all, own) = (VolumePromptRaster.Draw(asked.Prompts, Geometry), VolumePromptRaster.Draw(asked.Own, Geometry));
        var (said, queueMs, modelMs) = (new List<VolumePrediction>(), 0.0, 0.0);
        asked.NoteAsked();
        foreach (var patch in asked.Patches)
        {
            var (features, encodeQueueMs, encodeMs) = await FeaturesOfAsync(patch.Grid, cancellation);
            using var held = features;
            Laps.End("bricks", features.Parts);
            var (prompts, cumulative, previous) = (PromptsOn(patch.Grid, own, all.Box), CumulativeOf(all, patch.Grid), patch.Previous?.Read());
            Laps.End("prompts");
            said.Add(await model.StepAsync(features, prompts, cumulative, previous, Session.Id, EmitQueued, cancellation));
            cancellation.ThrowIfCancellationRequested();
            Laps.End("handover", [new Lap("queue", said[^1].QueueMs), .. said[^1].Parts]);
            (queueMs, modelMs) = (queueMs + encodeQueueMs + said[^1].QueueMs, modelMs + encodeMs + said[^1].ModelMs);
        }

        IReadOnlyList<VolumeCandidate>[] candidates = [.. said.Select(answer => answer.Candidates)];
        Session.Candidates.Keep(asked, candidates, candidates.Sum(proposed => proposed.Sum(candidate => (long)candidate.Logits.Length * sizeof(float))));
        return (said, queueMs, modelMs);
    }

    /// <summary>All prompts so far on a patch.</summary>
    protected PromptMaps CumulativeOf(VolumePromptVoxels drawn, VolumeGeometry patch)
    {
        var cumulative = new PromptMaps(model.GridSize);
        cumulative.Add(new PatchPrompts(Geometry, patch).Of(drawn));
        return cumulative;
    }

    /// <summary>Refined candidates, one for each patch, as the new content.</summary>
    /// <param name="asked">Where.</param>
    /// <param name="refined">What the model said there.</param>
    /// <param name="confidence">Of several patches, that of which the model is least sure.</param>
    /// <param name="step">The step.</param>
    /// <param name="timing">Its timing.</param>
    protected StepOutcome OutcomeOf(
        VolumeProposals asked, IReadOnlyList<RefinedVolume> refined, float confidence, StepInFlight step, StepTiming timing)
    {
        PatchPart[] changed = [.. asked.Patches.Zip(refined, (patch, answer) => new PatchPart(patch.Grid, answer.Logits))];
        var kept = changed.Select(KeptPart.Of).ToArray();
        var after = new PatchState(asked.Prompts, kept[0].Grid, kept[0].Logits, model.Manifest.Id) { Beside = asked.Beside.AddRange(kept[1..]) };
        return OutcomeOf([.. step.Masks, OnVolume(changed, asked.Beside, step)], step.Masks, after, timing) with
        {
            Confidence = confidence,
            Next = refined.Zip(changed, (answer, part) => NextOf(answer.MostUncertain, part.Grid)).MaxBy(next => next?.Uncertainty),
            Proposals = asked,
            CellMm = changed[0].Grid.Spacing.I,
        };
    }

    private StepOutcome OutcomeOf(
        IReadOnlyList<BitBlock> contents, IReadOnlyList<BitBlock> masks, PatchState state, StepTiming timing) => new()
    {
        Contents = contents,
        After = before => WithoutLogits(before, masks) with { Patch = state },
        ModelId = model.Manifest.Id,
        Timing = timing,
    };

    // The box counts again at every step; clicks and scribbles once.
    private VolumePrompts PromptsOn(VolumeGeometry patch, VolumePromptVoxels own, VoxelBox box)
    {
        var patchPrompts = new PatchPrompts(Geometry, patch);
        var prompts = patchPrompts.Of(own);
        prompts.Box = patchPrompts.BoxOf(box);
        return prompts;
    }

    protected Task<(PatchFeatures Features, double QueueMs, double ModelMs)> FeaturesOfAsync(VolumeGeometry patch, CancellationToken cancellation) =>
        _encoder.FeaturesOfAsync(patch, () => Emit(new ProgressEvent(0, "encoding the image")), EmitQueued, cancellation);

    private KeptLogits? PreviousLogits(
        ImmutableList<KeptPart> said, PatchCover cover, BitBlock current, IReadOnlyList<BitBlock> masks, VolumeGeometry patch)
    {
        if (said.Find(part => part.Grid.Equals(patch)) is { } same)
        {
            return same.Logits;
        }

        // A patch that moved takes its logits along; a further one starts from the mask that its neighbours made.
        if (!cover.OnLattice && said.Count == 1)
        {
            return KeptLogits.Of(PatchMask.Moved(said[0].Logits.Read().Span, said[0].Grid, patch), patch);
        }

        if (masks.Count == 0)
        {
            return current.Box.IsEmpty ? null : KeptLogits.Of(PatchMask.LogitsOf(current, Geometry, patch), patch);
        }

        var whole = new VolumeMask(Geometry.Size);
        foreach (var content in masks.Prepend(current))
        {
            if (!content.Box.IsEmpty)
            {
                whole.Replace(content);
            }
        }

        return KeptLogits.Of(PatchMask.LogitsOf(whole.Read(whole.BoundingBox), Geometry, patch), patch);
    }

    private BitBlock OnVolume(IReadOnlyList<PatchPart> changed, ImmutableList<KeptPart> beside, StepInFlight step) =>
        PatchBlend.OnVolume(changed, beside, Geometry, box => Read(step, segment => segment.Mask.Read(box)));

    // Of several patches, a candidate is the same one of each; the one chosen is that of the first, which has the most prompts.
    private CandidatesEvent CandidatesOf(VolumeProposals asked, IReadOnlyList<VolumePrediction> said, StepInFlight step) => CandidateMasks.Of(
        [.. Enumerable.Range(0, asked.Count).Select(n => (
            OnVolume([.. asked.Patches.Zip(said, (patch, answer) => new PatchPart(patch.Grid, answer.Candidates[n].Logits))], asked.Beside, step),
            said.Min(answer => answer.Candidates[n].Confidence)))],
        said[0].Selected,
        Geometry.VoxelVolumeMl);

    private UncertainVoxel? NextOf(PatchUncertainty? uncertain, VolumeGeometry patch)
    {
        if (uncertain is not { } spot)
        {
            return null;
        }

        // The cell of a patch may be longer than a thin volume is: the voxel next to its centre is meant.
        var voxel = Geometry.ToVoxel(patch.ToLps(new Ijk(spot.Voxel.S, spot.Voxel.A, spot.Voxel.R))).Nearest();
        return new UncertainVoxel(Geometry.Bounds.Nearest(voxel), spot.Uncertainty);
    }

    private static VoxelPoint MiddleOf(VoxelBox box) => new(box.Size.I / 2.0, box.Size.J / 2.0, box.Size.K / 2.0);
}
