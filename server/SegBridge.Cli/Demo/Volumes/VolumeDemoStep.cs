using SegBridge.Cli.Client;

namespace SegBridge.Cli.Demo.Volumes;

/// <summary>What one event of the demo did to the segment.</summary>
/// <param name="Step">The reader's step, from 1.</param>
/// <param name="Event">"prompts", "choice", "resumed", or "none" when nothing was left to correct.</param>
/// <param name="Prompts">New prompts.</param>
/// <param name="Dice">Of the volume against the truth, afterwards.</param>
/// <param name="Confidence">Dice as the model predicted it.</param>
/// <param name="ServerMs">In the server.</param>
/// <param name="TotalMs">End to end; for a resumed session from the kill on.</param>
/// <param name="BytesUp">Sent.</param>
/// <param name="BytesDown">Received.</param>
/// <param name="Candidates">The proposals with their Dice, the most confident first; empty where there were none.</param>
/// <param name="Chosen">Index of the proposal that became the mask.</param>
internal sealed record VolumeDemoStep(
    int Step,
    string Event,
    int Prompts,
    double Dice,
    double Confidence,
    double ServerMs,
    double TotalMs,
    long BytesUp,
    long BytesDown,
    IReadOnlyList<JudgedCandidate> Candidates,
    int Chosen)
{
    /// <param name="step">The reader's step.</param>
    /// <param name="what">The event.</param>
    /// <param name="prompts">New prompts.</param>
    /// <param name="dice">Afterwards.</param>
    /// <param name="answer">The server's.</param>
    /// <param name="candidates">Judged proposals.</param>
    /// <param name="chosen">Which of them became the mask.</param>
    public static VolumeDemoStep Of(
        int step, string what, int prompts, double dice, ClientStep answer, IReadOnlyList<JudgedCandidate> candidates, int chosen) => new(
        step,
        what,
        prompts,
        Math.Round(dice, 4),
        Math.Round(answer.Confidence, 4),
        Math.Round(answer.ServerMs, 2),
        Math.Round(answer.TotalMs, 2),
        answer.BytesUp,
        answer.BytesDown,
        candidates,
        chosen);
}

/// <summary>A proposal and how good it is, before refinement.</summary>
/// <param name="Index">For choosing it.</param>
/// <param name="Confidence">Predicted Dice.</param>
/// <param name="Dice">True Dice.</param>
internal sealed record JudgedCandidate(int Index, double Confidence, double Dice);
