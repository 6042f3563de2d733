using System.Collections.Immutable;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Journal;
using SegBridge.Sessions.Segments;

namespace SegBridge.Sessions.Steps;

/// <summary>
/// How a step begins and ends at its place of a segment. A newer step takes over from the older one there, with the
/// prompts of that; one that ends without a result leaves what it inherited to the next.
/// </summary>
/// <param name="session">Its session.</param>
/// <param name="request">What is to be done.</param>
/// <param name="place">Where.</param>
/// <param name="choice">The user's choice that the step carries out; null: it predicts.</param>
internal sealed class StepAdmission(SessionState session, StepRequest request, StepPlace place, CandidateChoice? choice)
{
    /// <summary>Begins the step.</summary>
    /// <param name="tellAgain">Tells what was done of the request before; true when that was all.</param>
    /// <returns>Null when there is nothing left to do.</returns>
    /// <exception cref="WrongStateException">The segment is locked, or the choice comes at the wrong time.</exception>
    /// <exception cref="LimitExceededException">Too many steps are under way.</exception>
    /// <exception cref="OperationCanceledException">The request was withdrawn before it came.</exception>
    public StepInFlight? Enter(Func<Segment, bool> tellAgain)
    {
        lock (session.Gate)
        {
            var segment = choice is null ? session.GetOrAddSegment(request.SegmentId) : session.GetSegment(request.SegmentId);
            segment.RequireUnlocked();
            if (tellAgain(segment))
            {
                return null;
            }

            if (session.Segments.Sum(other => other.InFlight.Count) >= session.Options.MaxStepsUnderWay)
            {
                throw new LimitExceededException(
                    $"{session.Options.MaxStepsUnderWay} steps of this session are under way, the most that may be; wait for their results",
                    TimeSpan.FromSeconds(1));
            }

            foreach (var waiting in segment.Withdraw(request.WithdrawnRequestIds))
            {
                session.Journal?.Write(waiting);
            }

            if (segment.Withdrawn.Contains(request.RequestId))
            {
                throw new OperationCanceledException("the request was withdrawn before it came");
            }

            return segment.InFlight[place] = choice is null ? WithPrompts(segment) : Choosing(segment, choice);
        }
    }

    /// <summary>Ends the step.</summary>
    /// <param name="step">As it began.</param>
    /// <param name="committed">Whether it has a result.</param>
    public void Leave(StepInFlight step, bool committed)
    {
        lock (session.Gate)
        {
            if (session.FindSegment(request.SegmentId) is not { } segment || segment.InFlight.GetValueOrDefault(place) != step)
            {
                return;
            }

            segment.InFlight.Remove(place);
            if (!committed)
            {
                // This step's own prompts go back with the error; those it inherited were promised to live on.
                segment.Carried[place] = step.Carried;
                Note(new WaitingAct(request.SegmentId, place, step.Carried, []));
            }
        }
    }

    private StepInFlight Choosing(Segment segment, CandidateChoice chosen)
    {
        chosen.Require(segment);
        chosen.RequireQuiet(segment, place);
        return new StepInFlight([], [], chosen.RequestId);
    }

    private StepInFlight WithPrompts(Segment segment)
    {
        var carried = segment.Carried.GetValueOrDefault(place, []);
        segment.Carried.Remove(place);
        if (segment.InFlight.TryGetValue(place, out var older))
        {
            older.Supersede();
            carried = older.All;
        }

        if (request.RequestId is not null)
        {
            carried = carried.RemoveAll(prompt => prompt.RequestId == request.RequestId);
        }

        var own = request.Prompts.Select(prompt => new RequestedPrompt(request.RequestId, prompt)).ToImmutableList();
        Note(new WaitingAct(request.SegmentId, place, carried, own));
        return new StepInFlight(carried, own, request.RequestId);
    }

    // A propagation has no prompts that could wait.
    private void Note(WaitingAct waiting)
    {
        if (place != StepPlace.Propagation)
        {
            session.Journal?.Write(waiting);
        }
    }
}
