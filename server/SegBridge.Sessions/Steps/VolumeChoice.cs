using SegBridge.Models.Volumes;
using SegBridge.Sessions.Patches;
using SegBridge.Sessions.Prompts;

namespace SegBridge.Sessions.Steps;

/// <summary>Refines a candidate of a 3D model with all prompts so far and makes it the mask; its logits are what the next step starts from.</summary>
internal sealed class VolumeChoice(
    SessionState session, IVolumeModel model, VolumeProposals proposals, CandidateChoice choice, Action<StepEvent> emit)
    : VolumeStep(session, model, proposals.Request with { RequestId = choice.RequestId }, emit)
{
    protected override CandidateChoice Choice => choice;

    protected override async Task<StepResult?> PredictAsync(StepInFlight step, CancellationToken cancellation)
    {
        using var turn = await Session.Turns.EnterAsync(cancellation);
        var turnMs = ElapsedMs;
        BrickWait.RequireNone([.. proposals.Patches
            .SelectMany(patch => Session.Inbox.Store.Missing(PatchImage.SourceBox(Geometry, patch.Grid))).Distinct()]);
        var (queueMs, modelMs) = (0.0, 0.0);
        if (!proposals.IsAsAsked || Session.Candidates.Find<IReadOnlyList<VolumeCandidate>>(proposals) is not { } candidates)
        {
            var asked = await AskAsync(proposals, cancellation);
            (candidates, queueMs, modelMs) = ([.. asked.Said.Select(said => said.Candidates)], asked.QueueMs, asked.ModelMs);
        }

        var drawn = VolumePromptRaster.Draw(proposals.Prompts, Geometry);
        var refined = new List<RefinedVolume>();
        foreach (var (patch, proposed) in proposals.Patches.Zip(candidates))
        {
            var (features, encodeQueueMs, encodeMs) = await FeaturesOfAsync(patch.Grid, cancellation);
            using var held = features;
            refined.Add(await Model.RefineAsync(
                features, proposed[choice.Candidate].Logits, CumulativeOf(drawn, patch.Grid), Session.Id, EmitQueued, cancellation));
            cancellation.ThrowIfCancellationRequested();
            (queueMs, modelMs) = (queueMs + encodeQueueMs, modelMs + encodeMs + refined[^1].ModelMs);
        }

        var confidence = candidates.Min(proposed => proposed[choice.Candidate].Confidence);
        return Commit(step, OutcomeOf(proposals, refined, confidence, step, new StepTiming(turnMs + queueMs, 0, modelMs, ElapsedMs)));
    }
}
