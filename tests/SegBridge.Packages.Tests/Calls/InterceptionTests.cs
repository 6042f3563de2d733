using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace SegBridge.Packages.Tests.Calls;

public sealed class InterceptionTests
{
    [Fact]
    public async Task Client_interceptors_see_a_call_in_the_order_given()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        CallInvoker invoker = channel.Intercept(new HeaderStamp("x-order", "first"), new HeaderStamp("x-order", "second"));

        using AsyncUnaryCall<byte[]> call = invoker.AsyncUnaryCall(EchoMethods.Unary, null, default, []);
        await call;

        // HTTP joins the values of one header with commas.
        Assert.Equal("first, second", call.GetTrailers().GetValue("x-order"));
    }

    [Fact]
    public async Task A_header_interceptor_adds_headers_to_every_call()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync();
        using GrpcChannel channel = server.Connect();
        CallInvoker invoker = channel.Intercept(headers =>
        {
            headers.Add("x-key", "secret");
            return headers;
        });

        using AsyncUnaryCall<byte[]> call = invoker.AsyncUnaryCall(EchoMethods.Unary, null, default, []);
        await call;

        Assert.Equal("secret", call.GetTrailers().GetValue("x-key"));
    }

    [Fact]
    public async Task A_server_interceptor_adds_trailers()
    {
        await using LoopbackServer server =
            await LoopbackServer.StartAsync(options => options.Interceptors.Add<HeaderStamp>("x-server", "was here"));
        using GrpcChannel channel = server.Connect();

        using AsyncUnaryCall<byte[]> call = channel.CreateCallInvoker().AsyncUnaryCall(EchoMethods.Unary, null, default, []);
        await call;

        Assert.Equal("was here", call.GetTrailers().GetValue("x-server"));
    }

    [Fact]
    public async Task Composed_call_credentials_are_all_applied()
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync();
        using GrpcChannel channel = server.Connect(options => options.UnsafeUseInsecureChannelCallCredentials = true);
        CallCredentials credentials = CallCredentials.Compose(Adding("x-one", "1"), Adding("x-two", "2"));

        using AsyncUnaryCall<byte[]> call = channel.CreateCallInvoker()
            .AsyncUnaryCall(EchoMethods.Unary, null, new CallOptions(credentials: credentials), []);
        await call;

        Assert.Equal("1", call.GetTrailers().GetValue("x-one"));
        Assert.Equal("2", call.GetTrailers().GetValue("x-two"));
    }

    private static CallCredentials Adding(string key, string value) => CallCredentials.FromInterceptor((_, metadata) =>
    {
        metadata.Add(key, value);
        return Task.CompletedTask;
    });
}
