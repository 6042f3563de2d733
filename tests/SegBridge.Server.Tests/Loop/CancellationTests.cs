using SegBridge.Server.Hosting;
using SegBridge.Server.Tests.Support;
using SegBridge.V1;

namespace SegBridge.Server.Tests.Loop;

public sealed class CancellationTests
{
    [Fact]
    public async Task A_cancelled_prediction_leaves_no_step_behind()
    {
        using var log = new LogText();
        await using var server = await TestServer.StartAsync(TestServer.Options with { Log = new LogSettings { Output = log } });
        var session = await server.Sessions.OpenEllipsoidAsync(withBricks: false);
        using (var call = server.Sessions.Predict(Ellipsoid.Prompted(session)))
        {
            await call.FirstAsync(PredictEvent.EventOneofCase.NeedsBricks);
        }

        // The line comes when the server has given the step up.
        while (!log.ToString().Contains("Predict Cancelled", StringComparison.Ordinal))
        {
            await Task.Delay(10);
        }

        await server.Sessions.PutBricksAsync(Ellipsoid.Put(session));
        Assert.Equal(1u, (await server.Sessions.Predict(Ellipsoid.Prompted(session)).ResultAsync()).Step);
    }
}
