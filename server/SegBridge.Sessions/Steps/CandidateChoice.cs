using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Segments;

namespace SegBridge.Sessions.Steps;

/// <summary>A user's choice between the candidates of a segment's current step.</summary>
/// <param name="Step">The position of the segment's history at which it was made.</param>
/// <param name="Candidate">0-based, in the model's own order.</param>
/// <param name="RequestId">Sent again, it is done once.</param>
internal sealed record CandidateChoice(int Step, int Candidate, string? RequestId)
{
    /// <summary>What is chosen from. Hold the session's lock.</summary>
    /// <exception cref="WrongStateException">The segment stands elsewhere, or its step has no candidates.</exception>
    /// <exception cref="InvalidRequestException">The step has no such candidate.</exception>
    public Proposals Require(Segment segment)
    {
        segment.RequireUnlocked();
        if (segment.Position != Step)
        {
            throw new WrongStateException(
                $"step: the segment stands at step {segment.Position}, not {Step}; candidates are chosen of the current step, go to step {Step} first");
        }

        if (segment.Current?.Proposals is not { } proposals)
        {
            throw new WrongStateException(
                $"step: no model proposed candidates at step {Step}; predict, or go to a step that a model predicted");
        }

        return (uint)Candidate < (uint)proposals.Count
            ? proposals
            : throw new InvalidRequestException($"candidate: {Candidate} is none of step {Step}; it has the candidates 0 to {proposals.Count - 1}");
    }

    /// <summary>Refuses to choose while prompts of this place are on their way to a result. The same choice sent again takes over.</summary>
    public void RequireQuiet(Segment segment, StepPlace place)
    {
        if (!segment.InFlight.TryGetValue(place, out var running))
        {
            return;
        }

        if (RequestId is not null && running.RequestId == RequestId)
        {
            running.Supersede();
        }
        else
        {
            throw new WrongStateException($"a newer step is under way here; wait for its result and choose between its candidates, not those of step {Step}");
        }
    }
}
