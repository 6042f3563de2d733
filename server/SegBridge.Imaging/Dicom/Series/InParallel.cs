using System.Runtime.ExceptionServices;

namespace SegBridge.Imaging.Dicom;

/// <summary>A loop over files or slices on all cores, whose first failure comes out as it is.</summary>
internal static class InParallel
{
    public static void For(int count, Action<int> work, CancellationToken cancellation)
    {
        var options = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };
        try
        {
            Parallel.For(0, count, options, work);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
