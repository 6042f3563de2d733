using System.Diagnostics;
using SegBridge.Imaging.Volumes;
using SegBridge.Sessions.Errors;

namespace SegBridge.Sessions.Steps;

/// <summary>The waits of one step for bricks that the client has not sent yet.</summary>
internal sealed class BrickWait(SessionState session, Action<StepEvent> emit)
{
    /// <summary>Milliseconds spent so far.</summary>
    public double Ms { get; private set; }

    /// <summary>Asks for what is missing, once, and waits as long as bricks go on arriving.</summary>
    /// <param name="missingOf">The bricks that are needed and not there.</param>
    /// <param name="wishesOf">What to ask the client for.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="LimitExceededException">There is no room for them.</exception>
    /// <exception cref="WrongStateException">They did not come.</exception>
    public async Task UntilThereAsync(
        Func<BrickStore, IReadOnlyList<BrickIndex>> missingOf, Func<IReadOnlyList<BrickIndex>, NeedsBricksEvent> wishesOf, CancellationToken cancellation)
    {
        var inbox = session.Inbox;
        var start = Stopwatch.GetTimestamp();
        try
        {
            for (var asked = false; ; asked = true)
            {
                var arrival = inbox.NextArrival;
                var missing = missingOf(inbox.Store);
                if (missing.Count == 0)
                {
                    return;
                }

                if (!asked)
                {
                    inbox.RequireRoomFor(missing);
                    emit(wishesOf(missing));
                }

                try
                {
                    await arrival.WaitAsync(session.Options.BrickWait, session.Time, cancellation);
                }
                catch (TimeoutException)
                {
                    throw new WrongStateException(
                        $"{missing.Count} of the bricks that the prediction needs did not arrive and none came for {session.Options.BrickWait.TotalSeconds:0} s; send them and predict again with the same prompts");
                }
            }
        }
        finally
        {
            Ms += Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }

    /// <summary>Refuses when bricks are missing, for calls that cannot ask for them.</summary>
    /// <exception cref="WrongStateException">They are.</exception>
    public static void RequireNone(IReadOnlyList<BrickIndex> missing)
    {
        if (missing.Count > 0)
        {
            var first = missing[0];
            throw new WrongStateException(
                $"{missing.Count} of the bricks that the step was computed from are not here, among them ({first.I}, {first.J}, {first.K}); send them and call again");
        }
    }
}
