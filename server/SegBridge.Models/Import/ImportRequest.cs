using SegBridge.Models.Bundles;
using SegBridge.Models.Import.Families;

namespace SegBridge.Models.Import;

/// <summary>What to make of which checkpoint.</summary>
public sealed record ImportRequest
{
    public required ModelFamily Family { get; init; }

    /// <summary>A zip file as torch.save writes it, or safetensors.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>Of the new bundle: 1 to 64 of a-z, 0-9, '.', '_' and '-'.</summary>
    public required string Id { get; init; }

    /// <summary>The folder of bundles; it is made when it is missing.</summary>
    public required string ModelsFolder { get; init; }

    /// <summary>The folder with one folder of templates per family.</summary>
    public required string TemplatesFolder { get; init; }

    /// <summary>Null: the family's own.</summary>
    public string? Title { get; init; }

    /// <summary>SPDX expression or a sentence; null when it is not known.</summary>
    public string? Licence { get; init; }

    /// <summary>Store weights as float16.</summary>
    public bool Half { get; init; }

    /// <summary>Whether a bundle of that id may be replaced.</summary>
    public bool Replace { get; init; }

    /// <summary>Necessary for PRISM, null for the others.</summary>
    public PrismIntensities? Intensities { get; init; }

    /// <summary>A ScribblePrompt-UNet checkpoint: MultiverSeg uses it while it has no examples (null: without), UniverSeg needs it to refine by prompts.</summary>
    public string? UnetCheckpoint { get; init; }
}
