using System.Collections.Immutable;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;
using SegBridge.Models.Bundles;
using SegBridge.Models.Volumes;
using SegBridge.Models.Volumes.Patches;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Patches;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Segments;

namespace SegBridge.Sessions.Steps;

/// <summary>
/// One step of a 3D model on the patch around the object: this step's prompts, the previous logits and the cached
/// features of the patch make candidates; the best is refined with all prompts so far and comes to the volume.
/// </summary>
internal sealed class VolumeStep(SessionState session, IVolumeModel model, StepRequest request, Action<StepEvent> emit)
    : Step(session, request, StepPlace.Volume, emit)
{
    // Values below this are air in Hounsfield units; no other modality has them.
    private const float AirHu = -200;

    protected override async Task<StepResult?> PredictAsync(StepInFlight step, CancellationToken cancellation)
    {
        while (true)
        {
            await WaitForBricksAsync(Plan(step).SourceBox, step, cancellation);
            using var turn = await Session.Turns.EnterAsync(cancellation);
            // The step before may have moved the object, and with it the patch.
            var plan = Plan(step);
            if (Session.Inbox.Store.Missing(plan.SourceBox).Count == 0)
            {
                return Commit(step, await PredictInTurnAsync(plan, step, cancellation));
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

        var patch = onlyMask ? null : PatchPlacement.Place(before.Grid, model.Manifest.Input, Geometry, all.Box, mask, own.Extent);
        return new VolumePlan(prompts, all, own, patch, patch is null ? VoxelBox.Empty : PatchImage.SourceBox(Geometry, patch));
    });

    private async Task<StepOutcome> PredictInTurnAsync(VolumePlan plan, StepInFlight step, CancellationToken cancellation)
    {
        var turnMs = ElapsedMs;
        if (plan.Patch is not { } patch)
        {
            // A step that only sets the user's own mask needs no model.
            return OutcomeOf(step.Masks, step.Masks, PatchState.Fresh, new StepTiming(turnMs, BricksMs, 0, ElapsedMs));
        }

        var (features, encodeQueueMs, encodeMs) = await FeaturesOfAsync(patch, cancellation);
        var (state, current) = Read(step, segment => (segment.State.Patch, segment.Mask.Read(segment.Mask.BoundingBox)));
        var patchPrompts = new PatchPrompts(Geometry, patch);
        var own = PromptsOf(patchPrompts, plan);
        var cumulative = new PromptMaps(model.GridSize);
        cumulative.Add(patchPrompts.Of(plan.All));
        var prediction = await model.StepAsync(
            features, own, cumulative, PreviousLogits(state, current, step.Masks, patch), Session.Id, EmitQueued, cancellation);
        cancellation.ThrowIfCancellationRequested();

        var content = PromptsWin.In(OnVolume(prediction.Refined.Logits, patch, step), plan.All);
        var after = new PatchState(plan.Prompts, patch, prediction.Refined.Logits, model.Manifest.Id);
        var timing = new StepTiming(
            turnMs + encodeQueueMs + prediction.QueueMs, BricksMs, encodeMs + prediction.ModelMs, ElapsedMs);
        return OutcomeOf([.. step.Masks, content], step.Masks, after, timing) with
        {
            Confidence = prediction.Confidence,
            Next = NextOf(prediction.Refined.MostUncertain, patch),
            Candidates = Request.ReturnCandidates ? CandidatesOf(prediction, patch, step) : null,
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
    private static VolumePrompts PromptsOf(PatchPrompts patchPrompts, VolumePlan plan)
    {
        var own = patchPrompts.Of(plan.Own);
        own.Box = patchPrompts.Of(plan.All).Box;
        return own.IsEmpty
            ? throw new InvalidRequestException("prompts: they lie too far apart for one patch of this model; prompt one part of the object after the other")
            : own;
    }

    private async Task<(PatchFeatures Features, double QueueMs, double ModelMs)> FeaturesOfAsync(VolumeGeometry patch, CancellationToken cancellation)
    {
        var window = Request.Window ?? Session.Volume.DisplayWindow;
        var key = new PatchFeatureCache.Key(model, patch, window, Session.Inbox.Replacements);
        if (Session.Features.Find(key) is { } known)
        {
            return (known, 0, 0);
        }

        var values = PatchImage.Read(Session.Inbox.Store, patch, float.NaN);
        Normalise(values, window);
        Emit(new ProgressEvent(0, "encoding the image"));
        var features = await model.EncodeAsync(new VolumePatch(model.GridSize, values), Session.Id, EmitQueued, cancellation);
        Session.Features.Keep(key, features);
        return (features, features.QueueMs, features.ModelMs);
    }

    private void Normalise(float[] values, IntensityWindow? window)
    {
        var normalisation = (ZScoreNormalisation)model.Manifest.Normalisation;
        var modality = Session.Volume.Modality;
        var looksLikeCt = modality == Modality.Unknown && Array.Exists(values, value => value < AirHu);
        try
        {
            PatchNormalisation.Apply(
                values, normalisation.RuleFor(looksLikeCt ? nameof(Modality.CT) : modality == Modality.Unknown ? null : modality.ToString()), window);
        }
        catch (UnsupportedModalityException refused)
        {
            throw new InvalidRequestException($"volume.modality: {refused.Message}");
        }
    }

    private ReadOnlyMemory<float>? PreviousLogits(PatchState state, BitBlock current, IReadOnlyList<BitBlock> masks, VolumeGeometry patch)
    {
        if (masks.Count == 0 && state is { Logits: { } logits, Grid: { } grid } && state.ModelId == model.Manifest.Id)
        {
            return grid.Equals(patch) ? logits : PatchMask.Moved(logits.Span, grid, patch);
        }

        if (masks.Count == 0)
        {
            return current.Box.IsEmpty ? (ReadOnlyMemory<float>?)null : PatchMask.LogitsOf(current, Geometry, patch);
        }

        var whole = new VolumeMask(Geometry.Size);
        foreach (var content in masks.Prepend(current))
        {
            if (!content.Box.IsEmpty)
            {
                whole.Replace(content);
            }
        }

        return PatchMask.LogitsOf(whole.Read(whole.BoundingBox), Geometry, patch);
    }

    private BitBlock OnVolume(ReadOnlyMemory<float> logits, VolumeGeometry patch, StepInFlight step) =>
        PatchMask.OnVolume(logits.Span, patch, Geometry, box => Read(step, segment => segment.Mask.Read(box)));

    private CandidatesEvent CandidatesOf(VolumePrediction prediction, VolumeGeometry patch, StepInFlight step)
    {
        var candidates = prediction.Candidates.Select((candidate, index) =>
        {
            var mask = OnVolume(candidate.Logits, patch, step);
            var compact = mask.Crop(mask.BoundingBox);
            return new CandidateInfo(index, candidate.Confidence, compact, compact.Count * Geometry.VoxelVolumeMl);
        });
        return new CandidatesEvent([.. candidates], prediction.Selected);
    }

    private UncertainVoxel? NextOf(PatchUncertainty? uncertain, VolumeGeometry patch)
    {
        if (uncertain is not { } spot)
        {
            return null;
        }

        var voxel = Geometry.ToVoxel(patch.ToLps(new Ijk(spot.Voxel.S, spot.Voxel.A, spot.Voxel.R))).Nearest();
        return Geometry.Bounds.Contains(voxel) ? new UncertainVoxel(voxel, spot.Uncertainty) : null;
    }

    private static VoxelPoint MiddleOf(VoxelBox box) => new(box.Size.I / 2.0, box.Size.J / 2.0, box.Size.K / 2.0);

    /// <summary>What a step is about to do.</summary>
    private sealed record VolumePlan(
        ImmutableList<Prompt> Prompts, VolumePromptVoxels All, VolumePromptVoxels Own, VolumeGeometry? Patch, VoxelBox SourceBox);
}
