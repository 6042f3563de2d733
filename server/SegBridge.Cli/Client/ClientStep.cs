using SegBridge.Imaging.Masks;

namespace SegBridge.Cli.Client;

/// <summary>One finished step as the client saw it.</summary>
/// <param name="Changed">What changed in the segment's mask; already applied to <see cref="ClientSession.MaskOf"/>.</param>
/// <param name="Confidence">Predicted Dice, 0 to 1.</param>
/// <param name="ServerMs">Milliseconds in the server, without waiting for bricks.</param>
/// <param name="TotalMs">Milliseconds from the prompt to the mask in the client, bricks included.</param>
/// <param name="BytesUp">Bytes sent for this step, bricks included.</param>
/// <param name="BytesDown">Bytes received for this step.</param>
/// <param name="ModelId">The model that answered.</param>
/// <param name="VoxelCount">Voxels of the whole segment after the step.</param>
/// <param name="VolumeMl">Their volume in millilitres.</param>
internal sealed record ClientStep(
    BitBlock Changed,
    float Confidence,
    double ServerMs,
    double TotalMs,
    long BytesUp,
    long BytesDown,
    string ModelId,
    long VoxelCount,
    double VolumeMl);
