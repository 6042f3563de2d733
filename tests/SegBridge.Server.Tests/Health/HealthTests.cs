using System.Net;
using Grpc.Core;
using Grpc.Health.V1;
using SegBridge.Server.Tests.Support;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace SegBridge.Server.Tests.Health;

public sealed class HealthTests
{
    [Fact]
    public async Task Health_is_serving_until_the_server_stops_and_watchers_are_told()
    {
        var server = await TestServer.StartAsync();
        Assert.Equal(ServingStatus.Serving, (await server.Health.CheckAsync(new HealthCheckRequest())).Status);
        Assert.Equal(ServingStatus.Serving, (await server.Health.CheckAsync(new HealthCheckRequest { Service = "segbridge.v1.Sessions" })).Status);
        Assert.Equal(ServingStatus.Serving, (await server.Health.CheckAsync(new HealthCheckRequest { Service = "segbridge.v1.Server" })).Status);
        await CallExtensions.FailsAsync(StatusCode.NotFound, async () => await server.Health.CheckAsync(new HealthCheckRequest { Service = "none" }));

        using var unknown = server.Health.Watch(new HealthCheckRequest { Service = "none" });
        Assert.True(await unknown.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(ServingStatus.ServiceUnknown, unknown.ResponseStream.Current.Status);

        using var watch = server.Health.Watch(new HealthCheckRequest());
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(ServingStatus.Serving, watch.ResponseStream.Current.Status);
        var stop = server.Running.StopAsync();
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(ServingStatus.NotServing, watch.ResponseStream.Current.Status);
        Assert.False(await watch.ResponseStream.MoveNext(CancellationToken.None));
        await stop;
        await server.Running.Completion;
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_step_in_progress_may_end_while_the_server_stops()
    {
        await using var server = await TestServer.StartAsync(TestServer.Options with { DrainTime = TimeSpan.FromMinutes(2) });
        var session = await server.Sessions.OpenEllipsoidAsync();
        using var call = server.Sessions.Predict(Ellipsoid.Prompted(session));
        var result = call.FirstAsync(V1.PredictEvent.EventOneofCase.Result);
        await call.ResponseHeadersAsync;
        await server.Running.StopAsync();
        Assert.Equal(1u, (await result).Result.Step);
    }

    [Fact]
    public async Task Pages_say_what_this_is_and_that_it_lives()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.NewWebClient();
        Assert.Equal("live\n", await client.GetStringAsync("/health/live"));
        Assert.Equal("ready\n", await client.GetStringAsync("/health/ready"));
        using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/health/ready"));
        Assert.Equal((HttpStatusCode.OK, "no-store"), (head.StatusCode, head.Headers.CacheControl?.ToString()));
        Assert.Contains("SegBridge", await client.GetStringAsync("/"), StringComparison.Ordinal);
        using var missing = await client.GetAsync("/nothing/here");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }
}
