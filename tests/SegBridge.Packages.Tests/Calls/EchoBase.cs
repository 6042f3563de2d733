using Grpc.Core;

namespace SegBridge.Packages.Tests.Calls;

/// <summary>What the proto compiler would write for the test service.</summary>
[BindServiceMethod(typeof(EchoBase), nameof(Bind))]
public abstract class EchoBase
{
    public abstract Task<byte[]> Unary(byte[] request, ServerCallContext context);

    public abstract Task<string> Collect(IAsyncStreamReader<string> requests, ServerCallContext context);

    public abstract Task Spell(string request, IServerStreamWriter<string> responses, ServerCallContext context);

    public abstract Task Shout(
        IAsyncStreamReader<string> requests, IServerStreamWriter<string> responses, ServerCallContext context);

    public abstract Task<string> Wait(string request, ServerCallContext context);

    public abstract Task<string> Fail(string request, ServerCallContext context);

    public static void Bind(ServiceBinderBase binder, EchoBase? service)
    {
        ArgumentNullException.ThrowIfNull(binder);
        binder.AddMethod(EchoMethods.Unary, service is null ? null : new UnaryServerMethod<byte[], byte[]>(service.Unary));
        binder.AddMethod(EchoMethods.Collect, service is null ? null : new ClientStreamingServerMethod<string, string>(service.Collect));
        binder.AddMethod(EchoMethods.Spell, service is null ? null : new ServerStreamingServerMethod<string, string>(service.Spell));
        binder.AddMethod(EchoMethods.Shout, service is null ? null : new DuplexStreamingServerMethod<string, string>(service.Shout));
        binder.AddMethod(EchoMethods.Wait, service is null ? null : new UnaryServerMethod<string, string>(service.Wait));
        binder.AddMethod(EchoMethods.Fail, service is null ? null : new UnaryServerMethod<string, string>(service.Fail));
    }
}
