using System.CommandLine;
using System.CommandLine.Invocation;
using Grpc.Core;
using SegBridge.Cli.Archives;
using SegBridge.Cli.Bench;
using SegBridge.Cli.Conversion;
using SegBridge.Cli.Demo;
using SegBridge.Cli.Dicom;
using SegBridge.Cli.Evaluate;
using SegBridge.Cli.Keys;
using SegBridge.Cli.Models;
using SegBridge.Cli.Segment;
using SegBridge.Cli.Serve;

namespace SegBridge.Cli.CommandLine;

/// <summary>All commands, and what happens when one fails.</summary>
internal static class CommandTree
{
    private const int Interrupted = 130;
    private static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(20);

    public static RootCommand Build()
    {
        var root = new RootCommand("SegBridge: interactive segmentation of medical images. A server that turns clicks and scribbles into masks, and tools around it.")
        {
            new ServeCommand(),
            new DemoCommand(),
            new SegmentCommand(),
            new ConvertCommand(),
            new DicomCommand(),
            new DicomWebCommand(),
            new ModelsCommand(),
            new KeysCommand(),
            new EvaluateCommand(),
            new BenchCommand(),
            new VersionCommand(),
        };
        HelpWithExamples.Install(root);
        return root;
    }

    /// <summary>What is wrong with a command line, one line each.</summary>
    public static IEnumerable<string> Complaints(ParseResult parsed) => parsed.Errors.Select(error => Failure.OneLine(error.Message));

    /// <summary>Runs a command line and returns its exit code: 0, 1 for a failure, 2 for wrong usage.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var parsed = Build().Parse(arguments);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var complaint in Complaints(parsed))
            {
                await Console.Error.WriteLineAsync($"segbridge: {complaint}");
            }

            var command = parsed.CommandResult.Command;
            await Console.Error.WriteLineAsync($"\"segbridge {(command is RootCommand ? "" : command.Name + " ")}--help\" shows how to use it");
            return UserException.WrongUsage;
        }

        try
        {
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = EndWithin };
            return await parsed.InvokeAsync(configuration);
        }
        catch (Exception error) when (error is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            return Interrupted;
        }
        catch (Exception error)
        {
            var (line, code) = Failure.Describe(error);
            await Console.Error.WriteLineAsync($"segbridge: {line}");
            return code;
        }
    }
}
