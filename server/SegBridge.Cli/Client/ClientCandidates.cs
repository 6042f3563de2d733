using SegBridge.Imaging.Masks;

namespace SegBridge.Cli.Client;

/// <summary>A proposal of a step.</summary>
/// <param name="Index">For choosing it.</param>
/// <param name="Confidence">Predicted Dice, 0 to 1.</param>
/// <param name="Mask">Its voxels in their bounding box.</param>
internal sealed record ClientCandidate(int Index, float Confidence, BitBlock Mask);

/// <summary>The proposals of a step, the most confident first.</summary>
/// <param name="All">At least one.</param>
/// <param name="Chosen">Index of the one that the server chose, see <see cref="ClientCandidate.Index"/>.</param>
internal sealed record ClientCandidates(IReadOnlyList<ClientCandidate> All, int Chosen)
{
    /// <summary>Null where the server sent none.</summary>
    public static ClientCandidates? Of(V1.Candidates? message) => message is null
        ? null
        : new ClientCandidates(
            [.. message.Candidates_.Select(candidate => new ClientCandidate((int)candidate.Index, candidate.Confidence, candidate.Mask.FromWire()))],
            (int)message.Chosen);
}
