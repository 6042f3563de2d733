using SegBridge.Server.Tests.Support;
using SegBridge.V1;

namespace SegBridge.Server.Tests.Loop;

public sealed class FairnessTests
{
    private const int Steps = 10;
    private const int Hammers = 6;

    [Fact]
    public async Task Whoever_hammers_keeps_another_session_waiting_for_one_step_at_a_time()
    {
        await using var server = await TestServer.StartAsync();
        var hammered = await server.Sessions.OpenEllipsoidAsync();
        var patient = await server.Sessions.OpenEllipsoidAsync();
        using var enough = new CancellationTokenSource();
        var hammering = Enumerable.Range(0, Hammers).Select(n => Task.Run(async () =>
        {
            var done = 0;
            for (; !enough.IsCancellationRequested; done++)
            {
                await server.Sessions.Predict(Ellipsoid.Prompted(hammered, $"segment-{n}")).ResultAsync();
            }

            return done;
        })).ToList();

        var ahead = new List<uint>();
        for (var n = 0; n < Steps; n++)
        {
            var events = await server.Sessions.Predict(Ellipsoid.Clicked(patient)).AllAsync();
            ahead.AddRange(events.Where(happened => happened.EventCase == PredictEvent.EventOneofCase.Queued).Select(happened => happened.Queued.Ahead));
        }

        await enough.CancelAsync();
        var done = (await Task.WhenAll(hammering)).Sum();
        // One of the other session is running, and its next one may be before ours: never more, however many wait.
        Assert.All(ahead, before => Assert.InRange(before, 0u, 2u));
        Assert.True(done > Hammers, $"only {done} steps hammered");
    }
}
