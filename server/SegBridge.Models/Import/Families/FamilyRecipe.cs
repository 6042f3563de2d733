using SegBridge.Models.Bundles;

namespace SegBridge.Models.Import.Families;

/// <summary>How a published network of a family becomes a bundle.</summary>
internal sealed record FamilyRecipe
{
    public required ModelFamily Family { get; init; }

    public required IReadOnlyList<PartRecipe> Parts { get; init; }

    /// <summary>Tensors of the published files that no prediction depends on; they are left out.</summary>
    public IReadOnlyList<string> DeadPrefixes { get; init; } = [];

    public required string Title { get; init; }

    public required string Description { get; init; }

    /// <summary>2: rows, columns. 3: k, j, i.</summary>
    public required IReadOnlyList<int> Size { get; init; }

    public required int Channels { get; init; }

    public int Candidates { get; init; } = 1;

    public bool UsesContext { get; init; }

    /// <summary>See <see cref="ModelManifest.LeastContext"/>.</summary>
    public int LeastContext { get; init; } = 1;

    public int Dimension => Size.Count;

    public bool IsDead(string tensor) => DeadPrefixes.Any(prefix => tensor.StartsWith(prefix, StringComparison.Ordinal));
}

/// <summary>One ONNX file of a family.</summary>
/// <param name="Name">The part's name in the manifest.</param>
/// <param name="File">The template's name, and the name of the file in the bundle.</param>
/// <param name="OptionalPrefix">When given: the part is left out with checkpoints that have no tensor whose name begins so.</param>
internal sealed record PartRecipe(string Name, string File, string? OptionalPrefix = null);
