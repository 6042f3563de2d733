using Grpc.Core;
using Grpc.Net.Client;

namespace SegBridge.Packages.Tests.Calls;

/// <summary>The real client and the real server over the stand-ins and a real socket.</summary>
public sealed class RoundTripTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_unary_call_carries_text_and_binary_headers_both_ways()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        var headers = new Metadata { { "X-Text", "some text" }, { "x-bytes-bin", [0, 1, 254, 255] } };

        using AsyncUnaryCall<byte[]> call =
            channel.CreateCallInvoker().AsyncUnaryCall(EchoMethods.Unary, null, new CallOptions(headers), [1, 2, 3]);
        byte[] response = await call;

        Assert.Equal([1, 2, 3], response);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Metadata[] received = [await call.ResponseHeadersAsync, call.GetTrailers()];
        Assert.All(received, metadata =>
        {
            Assert.Equal("some text", metadata.GetValue("x-text"));
            Assert.Equal([0, 1, 254, 255], metadata.GetValueBytes("x-bytes-bin")!);
        });
    }

    [Fact]
    public async Task A_blocking_call_returns_the_response()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync();
        using GrpcChannel channel = server.Connect();

        byte[] response = await Task.Run(() =>
            channel.CreateCallInvoker().BlockingUnaryCall(EchoMethods.Unary, null, default, [7]));

        Assert.Equal([7], response);
    }

    [Fact]
    public async Task A_client_stream_arrives_whole_and_in_order()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        using AsyncClientStreamingCall<string, string> call =
            channel.CreateCallInvoker().AsyncClientStreamingCall(EchoMethods.Collect, null, default);

        foreach (string part in (string[])["één", " ", "two", ""])
        {
            await call.RequestStream.WriteAsync(part, CancellationToken.None);
        }

        await call.RequestStream.CompleteAsync();

        Assert.Equal("één two", await call);
    }

    [Fact]
    public async Task A_server_stream_arrives_whole_and_in_order()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync();
        using GrpcChannel channel = server.Connect();

        using AsyncServerStreamingCall<string> call =
            channel.CreateCallInvoker().AsyncServerStreamingCall(EchoMethods.Spell, null, default, "brick");

        Assert.Equal(["b", "r", "i", "c", "k"], await call.ResponseStream.ReadAllAsync().ToListAsync());
    }

    [Fact]
    public async Task A_duplex_call_answers_each_message_before_the_next_is_sent()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        using AsyncDuplexStreamingCall<string, string> call =
            channel.CreateCallInvoker().AsyncDuplexStreamingCall(EchoMethods.Shout, null, default);

        foreach (string word in (string[])["one", "two"])
        {
            await call.RequestStream.WriteAsync(word);
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(word.ToUpperInvariant(), call.ResponseStream.Current);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task A_deadline_reaches_the_server_and_ends_the_call()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        DateTime deadline = DateTime.UtcNow.AddSeconds(2);

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () =>
            await channel.CreateCallInvoker().AsyncUnaryCall(EchoMethods.Wait, null, new CallOptions(deadline: deadline), ""));

        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        await server.Log.WaitCancelled.Task.WaitAsync(Patience);
        Assert.InRange(server.Log.Deadline, deadline.AddMinutes(-1), deadline.AddMinutes(1));
    }

    [Fact]
    public async Task Cancelling_a_call_cancels_its_handler()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        using var cancellation = new CancellationTokenSource();
        using AsyncUnaryCall<string> call = channel.CreateCallInvoker()
            .AsyncUnaryCall(EchoMethods.Wait, null, new CallOptions(cancellationToken: cancellation.Token), "");
        await server.Log.WaitStarted.Task.WaitAsync(Patience);

        await cancellation.CancelAsync();

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
        await server.Log.WaitCancelled.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_failure_brings_its_status_message_in_any_script_and_its_trailers()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync();
        using GrpcChannel channel = server.Connect();

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () =>
            await channel.CreateCallInvoker().AsyncUnaryCall(EchoMethods.Fail, null, default, "größer als 100 % 腫瘍"));

        Assert.Equal(StatusCode.FailedPrecondition, error.StatusCode);
        Assert.Equal("größer als 100 % 腫瘍", error.Status.Detail);
        Assert.Equal("test", error.Trailers.GetValue("x-reason"));
        Assert.Equal([0, 255, 1], error.Trailers.GetValueBytes("x-reason-bin")!);
    }

    [Fact]
    public async Task A_method_that_the_server_does_not_know_is_unimplemented()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync();
        using GrpcChannel channel = server.Connect();

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () =>
            await channel.CreateCallInvoker().AsyncUnaryCall(EchoMethods.NotThere, null, default, []));

        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
    }
}
