using System.Diagnostics;

namespace SegBridge.Cli.Client;

/// <summary>Time and bytes of one step, from its construction on.</summary>
internal sealed class StepMeter(ByteCounter bytes)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly long _up = bytes.Up;
    private readonly long _down = bytes.Down;

    /// <summary>What the step came to, now.</summary>
    public ClientStep StepOf(V1.StepResult result, ClientCandidates? candidates) => new(
        (int)result.Step,
        result.Confidence,
        result.Timing?.TotalMs ?? 0,
        _clock.Elapsed.TotalMilliseconds,
        bytes.Up - _up,
        bytes.Down - _down,
        result.ModelId,
        (long)(result.Segment?.VoxelCount ?? 0),
        result.Segment?.VolumeMl ?? 0,
        candidates);
}
