using Grpc.Core;
using SegBridge.Cli.Client;

namespace SegBridge.Cli.Tests.Client;

public sealed class ServerTimingTrailerTests
{
    [Fact]
    public void Parts_are_read_in_the_server_s_order()
    {
        var parts = ServerTimingTrailer.Parse(new Metadata { { "server-timing", "prompts;dur=0.12, unet;dur=10.5, nonsense, empty;dur=" } });

        Assert.Equal([new("prompts", 0.12), new("unet", 10.5)], parts);
    }

    [Fact]
    public void A_server_that_does_not_say_has_none() => Assert.Empty(ServerTimingTrailer.Parse([]));
}
