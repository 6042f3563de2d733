namespace SegBridge.Cli.Client;

/// <summary>One finished step as the client saw it.</summary>
/// <param name="Step">Position in the segment's history, from 1.</param>
/// <param name="Confidence">Predicted Dice, 0 to 1.</param>
/// <param name="ServerMs">Milliseconds in the server, without waiting for bricks.</param>
/// <param name="TotalMs">Milliseconds from the prompt to the mask in the client, bricks included.</param>
/// <param name="BytesUp">Bytes sent for this step, bricks included.</param>
/// <param name="BytesDown">Bytes received for this step.</param>
/// <param name="ModelId">The model that answered.</param>
/// <param name="VoxelCount">Voxels of the whole segment after the step.</param>
/// <param name="VolumeMl">Their volume in millilitres.</param>
/// <param name="Candidates">All proposals, where the step asked for them and the model has several; else null.</param>
internal sealed record ClientStep(
    int Step,
    float Confidence,
    double ServerMs,
    double TotalMs,
    long BytesUp,
    long BytesDown,
    string ModelId,
    long VoxelCount,
    double VolumeMl,
    ClientCandidates? Candidates)
{
    /// <summary>Where the server's time went, in ms: its own parts in its order; empty where it does not say.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> Parts { get; init; } = [];

    /// <summary>Milliseconds in the client to put the answer into its own mask.</summary>
    public double ApplyMs { get; init; }
}
