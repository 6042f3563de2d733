using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Dicom.Web;
using Spectre.Console;

namespace SegBridge.Cli.Archives;

/// <summary>A bar while a series travels, for a person who watches; nothing otherwise.</summary>
internal static class SeriesProgressBar
{
    public static async Task<T> ShowAsync<T>(Terminal terminal, Func<IProgress<SeriesProgress>?, Task<T>> work)
    {
        if (!terminal.IsLive)
        {
            return await work(null);
        }

        return await terminal.People.Progress().AutoClear(true).HideCompleted(true).StartAsync(context =>
        {
            var bar = context.AddTask("fetching images", maxValue: 1);
            return work(new Progress<SeriesProgress>(now => (bar.MaxValue, bar.Value) = (Math.Max(1, now.Expected), now.Received)));
        });
    }
}
