using SegBridge.Models.Inference;

namespace SegBridge.Models.Volumes;

/// <summary>What a 3D model answers to a step.</summary>
public sealed record VolumePrediction
{
    /// <summary>In the model's own order, at least one.</summary>
    public required IReadOnlyList<VolumeCandidate> Candidates { get; init; }

    /// <summary>Index of the candidate with the highest confidence, which was refined.</summary>
    public required int Selected { get; init; }

    /// <summary>The selected candidate refined.</summary>
    public required RefinedVolume Refined { get; init; }

    /// <summary>Milliseconds spent waiting for the device.</summary>
    public required double QueueMs { get; init; }

    /// <summary>Milliseconds on the device for prompts and candidates; those of the refinement come on top.</summary>
    public required double DecoderMs { get; init; }

    /// <summary>Where <see cref="ModelMs"/> went.</summary>
    public IReadOnlyList<Lap> Parts { get; init; } = [];

    /// <summary>The predicted Dice of the selected candidate, 0..1.</summary>
    public float Confidence => Candidates[Selected].Confidence;

    /// <summary>Milliseconds on the device.</summary>
    public double ModelMs => DecoderMs + Refined.ModelMs;
}
