using SegBridge.Models.Inference;
using SegBridge.Models.Slices;
using SegBridge.Models.Slices.ScribblePromptSam;

namespace SegBridge.Models.Tests.Slices;

public sealed class EmbeddingCacheTests : IDisposable
{
    // Two of 100 floats fit.
    private readonly EmbeddingCache _cache = new(900);
    private int _encoded;

    [Fact]
    public void A_slice_is_encoded_once_while_it_is_among_the_last()
    {
        SliceImage[] images = [Image(), Image(), Image()];
        var first = Get(images[0]);
        Get(images[1]);
        Assert.Same(first, Get(images[0]));

        Get(images[2]);

        Assert.Equal(3, _encoded);
        Assert.Equal(2, _cache.Count);
        Assert.Equal(800, _cache.SizeBytes);
        Assert.Same(first, Get(images[0]));
        Get(images[1]);
        Assert.Equal(4, _encoded);
        GC.KeepAlive(images);
    }

    [Fact]
    public void Another_instance_of_the_same_slice_is_another_slice()
    {
        var image = Image();
        Get(image);
        Get(image with { Window = null });

        Assert.Equal(2, _encoded);
    }

    [Fact]
    public void What_is_larger_than_the_budget_is_still_kept_until_the_next()
    {
        using var cache = new EmbeddingCache(10);
        var (image, other) = (Image(), Image());
        var kept = cache.GetOrAdd(image, _ => new TensorBuffer(100));

        Assert.Same(kept, cache.GetOrAdd(image, _ => new TensorBuffer(100)));
        cache.GetOrAdd(other, _ => new TensorBuffer(100));
        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public void A_failed_encoding_leaves_nothing_behind()
    {
        Assert.Throws<OperationCanceledException>(() => _cache.GetOrAdd(Image(), _ => throw new OperationCanceledException()));

        Assert.Equal(0, _cache.Count);
        Assert.Equal(0, _cache.SizeBytes);
    }

    [Fact]
    public void Memory_asked_back_leaves_the_newest_alone()
    {
        SliceImage[] images = [Image(), Image()];
        Get(images[0]);
        var newest = Get(images[1]);

        Assert.True(_cache.Shrink());
        Assert.False(_cache.Shrink());

        Assert.Equal((1, 400L), (_cache.Count, _cache.SizeBytes));
        Assert.Same(newest, Get(images[1]));
        GC.KeepAlive(images);
    }

    public void Dispose() => _cache.Dispose();

    private static SliceImage Image() => new(1, 1, new float[1], null);

    private TensorBuffer Get(SliceImage image) => _cache.GetOrAdd(image, _ =>
    {
        _encoded++;
        return new TensorBuffer(100);
    });
}
