using SegBridge.Models.Bundles;
using SegBridge.Models.Import.Checkpoints;
using SegBridge.Models.Import.Graphs;

namespace SegBridge.Models.Import.Families;

/// <summary>Holds a checkpoint against the templates of a family: every weight must be there with its shape, and nothing else.</summary>
internal static class CheckpointMatch
{
    private const int MostListed = 20;
    private const string UniverSegMark = "enc_blocks.0.cross.cross_conv.weight";

    /// <summary>What the checkpoint is to be held against: of MultiverSeg's family, UniverSeg is known by a target of the image alone.</summary>
    public static FamilyRecipe RecipeOf(ModelFamily family, Checkpoint checkpoint) =>
        family == ModelFamily.MultiverSeg && checkpoint.Tensors.TryGetValue(UniverSegMark, out var first) && first.Shape is [_, 3, 3, 3]
            ? FamilyRecipes.UniverSeg
            : FamilyRecipes.Of(family);

    /// <summary>The parts that the checkpoint can fill.</summary>
    /// <exception cref="ImportException">It is a checkpoint of another network; the message lists what differs.</exception>
    public static IReadOnlyList<(PartRecipe Part, GraphTemplate Template)> Parts(
        FamilyRecipe family, Checkpoint checkpoint, IReadOnlyList<(PartRecipe Part, GraphTemplate Template)> templates)
    {
        var wanted = templates.Where(item => item.Part.OptionalPrefix is not { } prefix
            || checkpoint.Tensors.Keys.Any(name => name.StartsWith(prefix, StringComparison.Ordinal))).ToArray();
        var weights = wanted.SelectMany(item => item.Template.Weights).DistinctBy(weight => weight.Name).ToDictionary(weight => weight.Name, StringComparer.Ordinal);
        var complaints = new List<string>();
        complaints.AddRange(weights.Values
            .Where(weight => !checkpoint.Tensors.ContainsKey(weight.Name))
            .Select(weight => $"missing: {weight.Name} {Shown(weight.Shape)}{Instead(checkpoint, weight.Name)}"));
        complaints.AddRange(weights.Values
            .Where(weight => checkpoint.Tensors.TryGetValue(weight.Name, out var tensor) && !tensor.Shape.SequenceEqual(weight.Shape))
            .Select(weight => $"shape: {weight.Name} is {Shown(checkpoint.Tensors[weight.Name].Shape)}, must be {Shown(weight.Shape)}"));
        complaints.AddRange(weights.Values
            .Where(weight => checkpoint.Tensors.TryGetValue(weight.Name, out var tensor) && !ElementTypes.IsFloating(tensor.Type))
            .Select(weight => $"type: {weight.Name} is {checkpoint.Tensors[weight.Name].Type}, must be floating-point"));
        complaints.AddRange(checkpoint.Tensors
            .Where(item => !weights.ContainsKey(item.Key) && !family.IsDead(item.Key))
            .Select(item => $"extra: {item.Key} {Shown(item.Value.Shape)}"));
        return complaints.Count == 0 ? wanted : throw Mismatch(family, checkpoint, weights.Count, complaints);
    }

    private static ImportException Mismatch(FamilyRecipe family, Checkpoint checkpoint, int wanted, List<string> complaints)
    {
        var name = FamilyNames.Of(family.Family);
        var more = complaints.Count > MostListed ? $"; and {complaints.Count - MostListed} more" : "";
        return new ImportException(
            $"the checkpoint is not the published network of the family {name}: of {wanted} tensors wanted and {checkpoint.Tensors.Count} found, "
            + $"{complaints.Count} do not fit: {string.Join("; ", complaints.Take(MostListed))}{more}.");
    }

    private static string Instead(Checkpoint checkpoint, string name) =>
        checkpoint.Others.TryGetValue(name, out var other) ? $" (there it is {other})" : "";

    private static string Shown(IReadOnlyList<long> shape) => $"({string.Join(", ", shape)})";
}
