using System.CommandLine;
using System.Runtime.InteropServices;

namespace SegBridge.Cli.CommandLine;

/// <summary><c>segbridge version</c>.</summary>
internal sealed class VersionCommand : TeachingCommand
{
    public VersionCommand()
        : base("version", "Prints the version of SegBridge and of what it runs on.", """
            Example:
              segbridge version --json
            """)
    {
        var json = new Option<bool>("--json") { Description = "Print one line of JSON" };
        Options.Add(json);
        SetAction(parsed =>
        {
            var facts = new
            {
                SegBridge = ProductVersion.Text,
                Runtime = RuntimeInformation.FrameworkDescription,
                System = RuntimeInformation.OSDescription,
                Architecture = RuntimeInformation.ProcessArchitecture.ToString(),
            };
            Console.Out.WriteLine(parsed.GetValue(json)
                ? JsonText.Of(new { Version = facts.SegBridge, facts.Runtime, facts.System, facts.Architecture })
                : $"SegBridge {facts.SegBridge} on {facts.Runtime}, {facts.System}, {facts.Architecture}");
            return 0;
        });
    }
}
