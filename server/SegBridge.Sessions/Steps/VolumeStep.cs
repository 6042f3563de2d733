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
/// One step of a 3D model on the patch around the object, or on several (<see cref="PatchCover"/>): this step's prompts,
/// the previous logits and the cached features of the patch make candidates; the best is refined with all prompts so far
/// and comes to the volume.
/// </summary>
internal sealed class VolumeStep(SessionState session, IVolumeModel model, StepRequest request, Action<StepEvent> emit)
    : Step(session, request, StepPlace.Volume, emit)
{
    // Values below this are air in Hounsfield units; no other modality has them.
    private const float AirHu = -200;

    private IntensityStatistics? _statistics;

    protected override ModelManifest Manifest => model.Manifest;

    protected override async Task<StepResult> PredictAsync(StepInFlight step, CancellationToken cancellation)
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
                if (_statistics is not null)
                {
                    Session.Statistics.Freeze(_statistics);
                }

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
        if (plan.Cover is not { } cover)
        {
            // A step that only sets the user's own mask needs no model.
            return OutcomeOf(step.Masks, step.Masks, PatchState.Fresh, new StepTiming(turnMs, BricksMs, 0, ElapsedMs));
        }

        var (state, current) = Read(step, segment => (segment.State.Patch, segment.Mask.Read(segment.Mask.BoundingBox)));
        var said = step.Masks.Count == 0 ? state.PartsOf(model.Manifest.Id) : [];
        var (answers, queueMs, modelMs) = (new List<(VolumeGeometry Patch, VolumePrediction Said)>(), turnMs, 0.0);
        foreach (var patch in cover.Patches)
        {
            var patchPrompts = new PatchPrompts(Geometry, patch);
            var own = PromptsOf(patchPrompts, plan);
            if (own.IsEmpty)
            {
                continue;
            }

            var (features, encodeQueueMs, encodeMs) = await FeaturesOfAsync(patch, cancellation);
            using var held = features;
            var cumulative = new PromptMaps(model.GridSize);
            cumulative.Add(patchPrompts.Of(plan.All));
            var prediction = await model.StepAsync(
                features, own, cumulative, PreviousLogits(said, cover, current, step.Masks, patch), Session.Id, EmitQueued, cancellation);
            cancellation.ThrowIfCancellationRequested();
            answers.Add((patch, prediction));
            queueMs += encodeQueueMs + prediction.QueueMs;
            modelMs += encodeMs + prediction.ModelMs;
        }

        if (answers.Count == 0)
        {
            throw new InvalidRequestException("prompts: they lie too far apart for one patch of this model; prompt one part of the object after the other");
        }

        PatchPart[] changed = [.. answers.Select(answer => new PatchPart(answer.Patch, answer.Said.Refined.Logits))];
        ImmutableList<PatchPart> others = cover.OnLattice ? said.RemoveAll(part => answers.Exists(answer => answer.Patch.Equals(part.Grid))) : [];
        BitBlock Before(VoxelBox box) => Read(step, segment => segment.Mask.Read(box));
        var content = PromptsWin.In(PatchBlend.OnVolume(changed, others, Geometry, Before), plan.All);
        var after = new PatchState(plan.Prompts, changed[0].Grid, changed[0].Logits, model.Manifest.Id) { Beside = others.AddRange(changed[1..]) };
        return OutcomeOf([.. step.Masks, content], step.Masks, after, new StepTiming(queueMs, BricksMs, modelMs, ElapsedMs)) with
        {
            // Of several patches, that of which the model is least sure.
            Confidence = answers.Min(answer => answer.Said.Confidence),
            Next = answers.Select(answer => NextOf(answer.Said.Refined.MostUncertain, answer.Patch)).MaxBy(next => next?.Uncertainty),
            Candidates = Request.ReturnCandidates ? CandidatesOf(answers[0].Said, answers[0].Patch, step) : null,
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
        return own;
    }

    private async Task<(PatchFeatures Features, double QueueMs, double ModelMs)> FeaturesOfAsync(VolumeGeometry patch, CancellationToken cancellation)
    {
        var window = Request.Window ?? Session.Volume.DisplayWindow;
        var normalisation = (ZScoreNormalisation)model.Manifest.Normalisation;
        _statistics ??= normalisation.NeedsVolume ? Session.Statistics.Or(PatchImage.SourceBox(Geometry, patch)) : null;
        var key = new PatchFeatureCache.Key(model, patch, window, _statistics, Session.Inbox.Replacements);
        if (Session.Features.Find(key) is { } known)
        {
            return (known, 0, 0);
        }

        var values = PatchImage.Read(Session.Inbox.Store, patch, float.NaN);
        Normalise(values, normalisation, window);
        Emit(new ProgressEvent(0, "encoding the image"));
        var features = await model.EncodeAsync(new VolumePatch(model.GridSize, values), Session.Id, EmitQueued, cancellation);
        Session.Features.Keep(key, features);
        return (features, features.QueueMs, features.ModelMs);
    }

    private void Normalise(float[] values, ZScoreNormalisation normalisation, IntensityWindow? window)
    {
        var modality = Session.Volume.Modality;
        var looksLikeCt = modality == Modality.Unknown && Array.Exists(values, value => value < AirHu);
        try
        {
            var rule = normalisation.RuleFor(looksLikeCt ? nameof(Modality.CT) : modality == Modality.Unknown ? null : modality.ToString());
            PatchNormalisation.Apply(values, _statistics is null ? rule : rule.For(_statistics), window);
        }
        catch (UnsupportedModalityException refused)
        {
            throw new InvalidRequestException($"volume.modality: {refused.Message}");
        }
    }

    private ReadOnlyMemory<float>? PreviousLogits(
        ImmutableList<PatchPart> said, PatchCover cover, BitBlock current, IReadOnlyList<BitBlock> masks, VolumeGeometry patch)
    {
        if (said.Find(part => part.Grid.Equals(patch)) is { } same)
        {
            return same.Logits;
        }

        // A patch that moved takes its logits along; a further one starts from the mask that its neighbours made.
        if (!cover.OnLattice && said.Count == 1)
        {
            return PatchMask.Moved(said[0].Logits.Span, said[0].Grid, patch);
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
        ImmutableList<Prompt> Prompts, VolumePromptVoxels All, VolumePromptVoxels Own, PatchCover? Cover, IReadOnlyList<VoxelBox> SourceBoxes)
    {
        public IReadOnlyList<BrickIndex> Missing(BrickStore store) => [.. SourceBoxes.SelectMany(store.Missing).Distinct()];
    }
}
