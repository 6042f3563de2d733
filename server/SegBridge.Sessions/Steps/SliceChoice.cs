using SegBridge.Models.Slices;
using SegBridge.Sessions.Sections;

namespace SegBridge.Sessions.Steps;

/// <summary>Makes a candidate of a 2D model the slice's mask; its logits are what the next step starts from.</summary>
internal sealed class SliceChoice(
    SessionState session, ISliceModel model, Section section, SliceProposals proposals, CandidateChoice choice, Action<StepEvent> emit)
    : SliceStep(session, model, proposals.Request with { RequestId = choice.RequestId }, section, emit)
{
    protected override CandidateChoice Choice => choice;

    protected override async Task<StepResult?> PredictAsync(StepInFlight step, CancellationToken cancellation)
    {
        using var turn = await Session.Turns.EnterAsync(cancellation);
        var (turnMs, queueMs, modelMs) = (ElapsedMs, 0.0, 0.0);
        if (Session.Candidates.Find<SliceCandidate>(proposals) is not { } candidates)
        {
            BrickWait.RequireNone(Frame.Missing(Session.Inbox.Store));
            var prediction = await AskAsync(proposals, cancellation);
            (candidates, queueMs, modelMs) = (prediction.Candidates, prediction.QueueMs, prediction.ModelMs);
        }

        var before = Read(step, segment => segment.Mask.Read(Frame.Box));
        return Commit(step, OutcomeOf(proposals, candidates[choice.Candidate], before, [], new StepTiming(turnMs + queueMs, 0, modelMs, ElapsedMs)));
    }
}
