using System.CommandLine;

namespace SegBridge.Cli.CommandLine;

/// <summary>A command whose help ends with examples that work as they stand.</summary>
internal class TeachingCommand(string name, string description, string examples) : Command(name, description)
{
    /// <summary>Lines printed after the options.</summary>
    public string Examples { get; } = examples;
}
