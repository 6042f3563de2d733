using System.IO.Compression;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Compression;

namespace SegBridge.Packages.Tests.Calls;

public sealed class CompressionTests
{
    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Compressed_messages_of_any_size_survive_both_ways(string encoding)
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(options =>
        {
            options.ResponseCompressionAlgorithm = encoding;
            options.CompressionProviders = Providers();
        });
        using var recorder = new ResponseRecorder();
        using GrpcChannel channel = server.Connect(options =>
        {
            options.HttpHandler = recorder;
            options.CompressionProviders = Providers();
        });
        var headers = new Metadata { { "grpc-internal-encoding-request", encoding } };

        foreach (int length in (int[])[0, 1, 1000, 300_000])
        {
            byte[] message = new byte[length];
            new Random(length).NextBytes(message.AsSpan(0, length / 2));

            byte[] response =
                await channel.CreateCallInvoker().AsyncUnaryCall(EchoMethods.Unary, null, new CallOptions(headers), message);

            Assert.Equal(message, response);
            Assert.Equal(encoding, server.Log.RequestEncoding);
            Assert.Equal(encoding, recorder.Encoding);
        }
    }

    private static List<ICompressionProvider> Providers() =>
        [new GzipCompressionProvider(CompressionLevel.Fastest), new DeflateCompressionProvider(CompressionLevel.Fastest)];
}
