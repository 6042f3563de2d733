using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace SegBridge.Cli.CommandLine;

/// <summary>The usual help, then the command's examples.</summary>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    /// <summary>Makes the help option of the command line teach.</summary>
    public static void Install(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            if (option.Action is HelpAction usual)
            {
                option.Action = new HelpWithExamples(usual);
            }
        }
    }

    public override int Invoke(ParseResult parseResult)
    {
        var code = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is TeachingCommand command)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(command.Examples.TrimEnd());
        }

        return code;
    }
}
