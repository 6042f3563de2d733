using SegBridge.Models.Volumes;
using SegBridge.Sessions.Patches;
using SegBridge.Sessions.Prompts;

namespace SegBridge.Sessions.Steps;

/// <summary>Refines a candidate of a 3D model with all prompts so far and makes it the mask; its logits are what the next step starts from.</summary>
internal sealed class VolumeChoice(
    SessionState session, IVolumeModel model, VolumeProposals proposals, CandidateChoice choice, Action<StepEvent> emit)
    : VolumeStep(session, model, proposals.Request with { RequestId = null }, emit)
{
    protected override CandidateChoice Choice => choice;

    protected override async Task<StepResult> PredictAsync(StepInFlight step, CancellationToken cancellation)
    {
        using var turn = await Session.Turns.EnterAsync(cancellation);
        var turnMs = ElapsedMs;
        RequireBricks(PatchImage.SourceBox(Geometry, proposals.Patch));
        var (features, queueMs, modelMs) = await FeaturesOfAsync(proposals.Patch, cancellation);
        var drawn = VolumePromptRaster.Draw(proposals.Prompts, Geometry);
        var cumulative = CumulativeOf(drawn, proposals.Patch);
        if (Session.Candidates.Find<VolumeCandidate>(proposals) is not { } candidates)
        {
            var prediction = await AskAsync(proposals, drawn.Box, features, cumulative, cancellation);
            (candidates, queueMs, modelMs) = (prediction.Candidates, queueMs + prediction.QueueMs, modelMs + prediction.ModelMs);
        }

        var chosen = candidates[choice.Candidate];
        var refined = await Model.RefineAsync(features, chosen.Logits, cumulative, Session.Id, EmitQueued, cancellation);
        cancellation.ThrowIfCancellationRequested();
        return Commit(step, OutcomeOf(
            proposals, refined, chosen.Confidence, step, new StepTiming(turnMs + queueMs, 0, modelMs + refined.ModelMs, ElapsedMs)));
    }
}
