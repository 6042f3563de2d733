using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
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
        CheckOnlyWhatIsUnderstood(root);
        return root;
    }

    /// <summary>What is wrong with a command line, one line each.</summary>
    public static IEnumerable<string> Complaints(ParseResult parsed) => parsed.Errors.Select(ComplaintOf);

    // The parser does not always name the option, and names types of .NET.
    private static string ComplaintOf(ParseError error)
    {
        var text = Failure.OneLine(Regex.Replace(error.Message, " as expected type '[^']*'", ""));
        var option = error.SymbolResult as OptionResult ?? error.SymbolResult?.Parent as OptionResult;
        return option is null || text.Contains(option.Option.Name, StringComparison.Ordinal) ? text : $"{option.Option.Name}: {text}";
    }

    /// <summary>How a command is called: "segbridge keys add".</summary>
    private static string NameOf(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{NameOf(parent)} {command.Command.Name}" : "segbridge";

    // Commands are checked before their options, and reading an option that is wrong throws. The parser reports it by itself.
    private static void CheckOnlyWhatIsUnderstood(Command command)
    {
        var checks = command.Validators.ToArray();
        command.Validators.Clear();
        command.Validators.AddRange(checks.Select(check => (Action<CommandResult>)(result =>
        {
            try
            {
                check(result);
            }
            catch (InvalidOperationException) when (result.Children.OfType<OptionResult>().Any(IsWrong))
            {
            }
        })));
        foreach (var child in command.Subcommands)
        {
            CheckOnlyWhatIsUnderstood(child);
        }
    }

    private static bool IsWrong(OptionResult option)
    {
        try
        {
            option.GetValueOrDefault<object?>();
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

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

            await Console.Error.WriteLineAsync($"\"{NameOf(parsed.CommandResult)} --help\" shows how to use it");
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
