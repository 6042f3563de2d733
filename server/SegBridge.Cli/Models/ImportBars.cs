using SegBridge.Models.Import;
using Spectre.Console;

namespace SegBridge.Cli.Models;

/// <summary>One bar per stage of an import. Reports come from one thread, in order.</summary>
internal sealed class ImportBars(ProgressContext context) : IProgress<ImportProgress>, IDisposable
{
    private ProgressTask? _bar;
    private string _stage = "";

    public void Report(ImportProgress value)
    {
        if (value.Stage != _stage)
        {
            Dispose();
            _stage = value.Stage;
            _bar = context.AddTask(value.Stage, maxValue: Math.Max(1, value.Total));
            _bar.IsIndeterminate = value.Total == 0;
        }

        _bar!.Value = value.Done;
    }

    /// <summary>Ends the last bar.</summary>
    public void Dispose()
    {
        if (_bar is not null)
        {
            _bar.Value = _bar.MaxValue;
            _bar.StopTask();
        }
    }
}
