using Grpc.Core;

namespace SegBridge.Cli.CommandLine;

/// <summary>Turns what went wrong into one line for people and an exit code.</summary>
internal static class Failure
{
    public static (string Line, int ExitCode) Describe(Exception error) => error switch
    {
        UserException user => (OneLine(user.Message), user.ExitCode),
        RpcException rpc => (OneLine($"the server refused: {rpc.Status.Detail}"), UserException.Failed),
        UnauthorizedAccessException or IOException => (OneLine(error.Message), UserException.Failed),
        // The project's own exceptions say what was wrong and what would be right.
        _ when error.GetType().Namespace?.StartsWith("SegBridge.", StringComparison.Ordinal) == true => (OneLine(error.Message), UserException.Failed),
        _ => (OneLine($"unexpected {error.GetType().Name}: {error.Message}"), UserException.Failed),
    };

    /// <summary>The text without line breaks.</summary>
    public static string OneLine(string text) => string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
