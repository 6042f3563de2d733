using SegBridge.Models.Bundles;

namespace SegBridge.Sessions.Tests;

/// <summary>A manifest of a 2D model that needs no files.</summary>
internal static class TestManifest
{
    public static ModelManifest Of(string id, int grid) => new()
    {
        Id = id,
        Version = "1.0.0",
        Family = ModelFamily.ScribblePromptUnet,
        Title = id,
        Description = string.Empty,
        Dimension = 2,
        Licence = "Apache-2.0",
        Provenance = new ModelProvenance([], string.Empty, "2026-01-01"),
        Prompts = [PromptKind.Point, PromptKind.Box, PromptKind.Scribble, PromptKind.Lasso, PromptKind.Mask],
        Candidates = 1,
        UsesContext = false,
        Input = new InputGrid([grid, grid], null, 5),
        Normalisation = new MinMaxNormalisation(0.5, 99.5),
        Parts = [],
        Metrics = [],
    };
}
