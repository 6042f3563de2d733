using SegBridge.Models.Bundles;

namespace SegBridge.Sessions.Caching;

/// <summary>The image features that networks keep by themselves, as part of the server's memory.</summary>
internal sealed class ModelCaches(ModelRepository repository) : IEvictable
{
    public long BytesHeld => repository.CachedBytes;

    public bool EvictSome() => repository.ShrinkCaches();
}
