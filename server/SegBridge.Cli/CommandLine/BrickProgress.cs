using SegBridge.Cli.Client;
using Spectre.Console;

namespace SegBridge.Cli.CommandLine;

/// <summary>A bar while bricks travel, for a person who watches; nothing otherwise.</summary>
internal static class BrickProgress
{
    public static async Task<T> ShowAsync<T>(Terminal terminal, BrickSender bricks, Func<Task<T>> work)
    {
        if (!terminal.IsLive)
        {
            return await work();
        }

        return await terminal.People.Progress().AutoClear(true).HideCompleted(true).StartAsync(async context =>
        {
            var bar = context.AddTask("sending bricks", autoStart: false, maxValue: 1);
            bricks.Progress = (sent, total) =>
            {
                bar.StartTask();
                bar.MaxValue = total;
                bar.Value = sent;
            };
            try
            {
                return await work();
            }
            finally
            {
                bricks.Progress = null;
                bar.Value = bar.MaxValue;
            }
        });
    }
}
