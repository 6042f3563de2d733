namespace SegBridge.Cli.CommandLine;

/// <summary>
/// Something a person can put right; the message is one line that says what to do. It ends the program with
/// <see cref="ExitCode"/>.
/// </summary>
internal sealed class UserException(string message, int exitCode = UserException.Failed, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>The command was right and did not succeed.</summary>
    public const int Failed = 1;

    /// <summary>The command was used wrongly.</summary>
    public const int WrongUsage = 2;

    public int ExitCode { get; } = exitCode;

    public static UserException Usage(string message) => new(message, WrongUsage);
}
