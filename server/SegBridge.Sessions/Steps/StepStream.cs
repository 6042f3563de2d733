using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace SegBridge.Sessions.Steps;

/// <summary>Runs a step beside its reader, who gets its events as they happen.</summary>
internal static class StepStream
{
    /// <param name="clock">The session does not expire meanwhile.</param>
    /// <param name="prepare">Makes the step; what it throws comes before the first event.</param>
    /// <param name="cancellation">Ends the step, as leaving the enumeration does.</param>
    public static async IAsyncEnumerable<StepEvent> RunAsync(
        SessionClock clock, Func<Action<StepEvent>, Step> prepare, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var use = clock.BeginUse();
        var events = Channel.CreateUnbounded<StepEvent>(new UnboundedChannelOptions { SingleReader = true });
        var step = prepare(happened => events.Writer.TryWrite(happened));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var run = Task.Run(() => RunAsync(step, events.Writer, ended.Token), CancellationToken.None);
        try
        {
            await foreach (var happened in events.Reader.ReadAllAsync(cancellation))
            {
                yield return happened;
            }
        }
        finally
        {
            await ended.CancelAsync();
            await run;
        }
    }

    private static async Task RunAsync(Step step, ChannelWriter<StepEvent> events, CancellationToken cancellation)
    {
        try
        {
            await step.RunAsync(cancellation);
            events.Complete();
        }
#pragma warning disable CA1031 // The reader of the events rethrows whatever ended the step.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            events.Complete(failure);
        }
    }
}
