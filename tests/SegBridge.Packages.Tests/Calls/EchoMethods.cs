using Grpc.Core;

namespace SegBridge.Packages.Tests.Calls;

/// <summary>The methods of the test service, described without a proto file.</summary>
internal static class EchoMethods
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create<byte[]>(value => value, payload => payload);

    internal static readonly Method<byte[], byte[]> Unary = Describe(MethodType.Unary, nameof(Unary), Bytes, Bytes);

    internal static readonly Method<byte[], byte[]> NotThere = Describe(MethodType.Unary, nameof(NotThere), Bytes, Bytes);

    internal static readonly Method<string, string> Collect =
        Describe(MethodType.ClientStreaming, nameof(Collect), Marshallers.StringMarshaller, Marshallers.StringMarshaller);

    internal static readonly Method<string, string> Spell =
        Describe(MethodType.ServerStreaming, nameof(Spell), Marshallers.StringMarshaller, Marshallers.StringMarshaller);

    internal static readonly Method<string, string> Shout =
        Describe(MethodType.DuplexStreaming, nameof(Shout), Marshallers.StringMarshaller, Marshallers.StringMarshaller);

    internal static readonly Method<string, string> Wait =
        Describe(MethodType.Unary, nameof(Wait), Marshallers.StringMarshaller, Marshallers.StringMarshaller);

    internal static readonly Method<string, string> Fail =
        Describe(MethodType.Unary, nameof(Fail), Marshallers.StringMarshaller, Marshallers.StringMarshaller);

    private static Method<TRequest, TResponse> Describe<TRequest, TResponse>(
        MethodType type, string name, Marshaller<TRequest> request, Marshaller<TResponse> response) =>
        new(type, "segbridge.tests.Echo", name, request, response);
}
