using SegBridge.Cli.Cases;
using SegBridge.Cli.CommandLine;

namespace SegBridge.Cli.Demo.Context;

/// <summary>Finds the data set that the demo plays on when none is named.</summary>
internal static class ContextData
{
    /// <summary>A set on which finished cases help, within the folder of test data.</summary>
    public const string Usual = "open/msd_hippocampus_mr";

    /// <summary>
    /// The folder given or, without one, <see cref="Usual"/> in the folder that $SEGBRIDGE_TEST_DATA names, else in
    /// <c>shared/data</c> beside this SegBridge.
    /// </summary>
    /// <exception cref="UserException">There is none.</exception>
    public static Dataset Open(string? given)
    {
        if (given is not null)
        {
            return Dataset.Read(given);
        }

        var named = Environment.GetEnvironmentVariable("SEGBRIDGE_TEST_DATA");
        for (string? folder = ModelFolder.Home; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var data = Path.Combine(string.IsNullOrEmpty(named) ? Path.Combine(folder, "shared", "data") : named, Usual);
            if (Directory.Exists(data))
            {
                return Dataset.Read(data);
            }
        }

        throw UserException.Usage(
            $"this demo needs labelled images and found no test data ($SEGBRIDGE_TEST_DATA or ../shared/data with {Usual}); name a folder with images/, labels/ and dataset.json with --data DIR");
    }
}
