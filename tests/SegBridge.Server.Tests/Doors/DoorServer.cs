using SegBridge.Server.Tests.Support;

namespace SegBridge.Server.Tests.Doors;

/// <summary>One server with the door for nnInteractive's clients, for all tests that leave it as it is.</summary>
public sealed class DoorServer : IAsyncLifetime
{
    internal TestServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await TestServer.StartAsync(V2Caller.Options);

    public async Task DisposeAsync() => await Server.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class DoorServerGroup : ICollectionFixture<DoorServer>
{
    public const string Name = "door server";
}
