using System.Security.Cryptography;

namespace SegBridge.Models.Bundles;

/// <summary>What <c>model.json</c> says about a bundle. A parsed manifest has passed all checks that need no other file.</summary>
public sealed record ModelManifest
{
    /// <summary>See <see cref="ScribbleTokens"/>.</summary>
    public const int DefaultScribbleTokens = 512;

    /// <summary>Lower-case letters, digits, '.', '_' and '-', at most 64; the name of the bundle's folder.</summary>
    public required string Id { get; init; }

    public required string Version { get; init; }

    public required ModelFamily Family { get; init; }

    public required string Title { get; init; }

    public required string Description { get; init; }

    /// <summary>2: one slice at a time. 3: a volume patch.</summary>
    public required int Dimension { get; init; }

    /// <summary>SPDX expression of the weights' licence.</summary>
    public required string Licence { get; init; }

    public required ModelProvenance Provenance { get; init; }

    public required IReadOnlyList<PromptKind> Prompts { get; init; }

    /// <summary>Masks proposed per step, at least 1.</summary>
    public required int Candidates { get; init; }

    /// <summary>Whether finished examples of a task are given along as context.</summary>
    public required bool UsesContext { get; init; }

    /// <summary>With fewer examples than this, a model that has a network without context uses that one; at least 1.</summary>
    public int LeastContext { get; init; } = 1;

    /// <summary>
    /// MultiverSeg: a mask proposed from context before any prompt is left empty when its confidence is less, 0..1; at 0
    /// every proposal is shown.
    /// </summary>
    public double LeastConfidence { get; init; }

    /// <summary>MultiverSeg: the share of the part "unet" in the logits of a step with prompts and enough context, 0..1.</summary>
    public double UnetShare { get; init; }

    /// <summary>
    /// Most pixels or voxels of the scribbles of one step that a network which takes clicks only gets as clicks; of larger
    /// scribbles this many are taken, spread over them.
    /// </summary>
    public int ScribbleTokens { get; init; } = DefaultScribbleTokens;

    /// <summary>What the scores of a 3D model's candidates stand for; null: they are the confidence themselves.</summary>
    public CandidateConfidence? Confidence { get; init; }

    public required InputGrid Input { get; init; }

    public required Normalisation Normalisation { get; init; }

    /// <summary>At least one, names unique.</summary>
    public required IReadOnlyList<ModelPart> Parts { get; init; }

    public required IReadOnlyList<ModelMetric> Metrics { get; init; }

    /// <summary>Tells weights apart: SHA-256 over the hashes of the parts in their order, 64 lower-case hexadecimal digits.</summary>
    public string WeightsSha256 => Convert.ToHexStringLower(SHA256.HashData(Convert.FromHexString(string.Concat(Parts.Select(part => part.Sha256)))));
}
