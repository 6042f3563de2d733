using System.Threading.Channels;

namespace SegBridge.Server.Services;

/// <summary>Tells a client how something gets on. A slow reader gets the newest of the news, and holds nothing up.</summary>
internal static class ProgressNews
{
    /// <summary>Does the work, and tells its news one after the other.</summary>
    public static async Task<TResult> TellAsync<TNews, TResult>(
        Func<IProgress<TNews>, Task<TResult>> work, Func<TNews, Task> tell, CancellationToken cancellation)
    {
        var news = Channel.CreateBounded<TNews>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        var working = EndAsync(work(new ToChannel<TNews>(news.Writer)), news.Writer);
        await foreach (var one in news.Reader.ReadAllAsync(cancellation))
        {
            await tell(one);
        }

        return await working;
    }

    private static async Task<TResult> EndAsync<TNews, TResult>(Task<TResult> work, ChannelWriter<TNews> news)
    {
        try
        {
            return await work;
        }
        finally
        {
            news.Complete();
        }
    }

    private sealed class ToChannel<TNews>(ChannelWriter<TNews> news) : IProgress<TNews>
    {
        public void Report(TNews value) => news.TryWrite(value);
    }
}
