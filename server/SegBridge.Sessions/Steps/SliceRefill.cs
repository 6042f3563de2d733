using SegBridge.Models.Slices;
using SegBridge.Sessions.Journal;

namespace SegBridge.Sessions.Steps;

/// <summary>Fills or empties a slice again as a propagation did.</summary>
internal sealed class SliceRefill(SessionState session, ISliceModel model, FilledAct act, Action<StepEvent> emit)
    : FillStep(session, model, act.SegmentId, emit)
{
    protected override async Task<StepResult?> PredictAsync(StepInFlight step, CancellationToken cancellation)
    {
        if (act.Fill.IsCleared)
        {
            Clear(act.Fill, step);
        }
        else
        {
            await FillAsync(act.Fill, _ => true, step, cancellation);
        }

        return null;
    }
}
