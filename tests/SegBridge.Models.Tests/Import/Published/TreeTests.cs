using SegBridge.Models.Bundles;
using SegBridge.Models.Import;
using SegBridge.Models.Import.Checkpoints;
using SegBridge.Models.Import.Families;
using SegBridge.Models.Import.Graphs;

namespace SegBridge.Models.Tests.Import.Published;

/// <summary>Every tensor of every published file has its place in a template, or is known to matter nowhere.</summary>
public sealed class TreeTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public static TheoryData<string, int, int, string> Families => new()
    {
        { "scribbleprompt-unet", 29, 3_991_882, "unet" },
        { "scribbleprompt-sam", 314, 93_735_472, "encoder decoder" },
        { "multiverseg", 72, 18_903_297, "multiverseg" },
        { "universeg", 44, 1_182_785, "universeg" },
        { "prism", 466, 118_147_716, "encoder decoder refiner" },
    };

    [Theory]
    [MemberData(nameof(Families))]
    public void The_published_tree_fills_all_parts_of_its_family(string family, int tensors, int parameters, string parts)
    {
        var tree = TreeOf(family);
        Assert.Equal(tensors, tree.Shapes.Count);
        // PRISM's and SAM's counts are those of parameters; both have one buffer besides.
        var buffers = tree.Shapes.Where(item => item.Key.Contains("gaussian_matrix", StringComparison.Ordinal)).Sum(item => Count(item.Value));
        Assert.Equal(parameters, tree.Shapes.Values.Sum(shape => Count(shape)) - buffers);

        var matched = Match(family, tree);

        Assert.Equal(parts, string.Join(' ', matched.Select(item => item.Part.Name)));
    }

    [Fact]
    public void Prism_trained_without_refinement_has_no_refiner() =>
        Assert.Equal(["encoder", "decoder"], Match("prism", TransformerTrees.Prism(refine: false)).Select(item => item.Part.Name));

    [Fact]
    public void What_is_missing_extra_or_of_another_shape_is_listed_in_one_message()
    {
        var tree = PublishedTrees.Unet().Remove("downs.2.conv.0.bias").Remove("bottleneck.conv.1.weight").Remove("final_conv.conv.0.weight")
            .Add("final_conv.conv.0.weight", 3, 192, 1, 1).Add("head.weight", 7);

        var message = Assert.Throws<ImportException>(() => Match("scribbleprompt-unet", tree)).Message;

        Assert.Contains("of 29 tensors wanted and 28 found, 4 do not fit", message, StringComparison.Ordinal);
        Assert.Contains("missing: downs.2.conv.0.bias (192); ", message, StringComparison.Ordinal);
        Assert.Contains("missing: bottleneck.conv.1.weight (1); ", message, StringComparison.Ordinal);
        Assert.Contains("shape: final_conv.conv.0.weight is (3, 192, 1, 1), must be (1, 192, 1, 1); ", message, StringComparison.Ordinal);
        Assert.EndsWith("extra: head.weight (7).", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_list_of_differences_is_cut_with_its_length()
    {
        var message = Assert.Throws<ImportException>(() => Match("prism", PublishedTrees.Unet())).Message;

        Assert.Contains("; and ", message, StringComparison.Ordinal);
        Assert.InRange(message.Split("; ").Length, 20, 22);
    }

    public void Dispose() => _scratch.Dispose();

    private static long Count(long[] shape) => shape.Aggregate(1L, (product, length) => product * length);

    private static StateTree TreeOf(string family) => family switch
    {
        "scribbleprompt-unet" => PublishedTrees.Unet(),
        "scribbleprompt-sam" => TransformerTrees.Sam(),
        "multiverseg" => PublishedTrees.MultiverSeg(),
        "universeg" => PublishedTrees.UniverSeg(),
        _ => TransformerTrees.Prism(),
    };

    // The tensors are never read: no file needs to hold them.
    private IReadOnlyList<(PartRecipe Part, GraphTemplate Template)> Match(string name, StateTree tree)
    {
        var family = name == "universeg" ? ModelFamily.MultiverSeg : FamilyNames.All[name];
        var path = Path.Combine(_scratch.Path, "empty");
        File.WriteAllBytes(path, []);
        var bytes = new CheckpointBytes(path);
        var tensors = tree.Shapes.ToDictionary(item => item.Key, item => CheckpointTensor.Create(
            new StoredElements(bytes, 0, Count(item.Value), ElementType.Float32, null), 0, item.Value, CheckpointTensor.DenseStrides(item.Value)));
        using var checkpoint = new Checkpoint(bytes, StateDict.Of(tensors), []);
        var recipe = CheckpointMatch.RecipeOf(family, checkpoint);
        var templates = recipe.Parts.Select(part => (part, GraphTemplate.Read(Path.Combine(PublishedFile.Templates, FamilyNames.Of(family), part.File))));
        return CheckpointMatch.Parts(recipe, checkpoint, [.. templates]);
    }
}
