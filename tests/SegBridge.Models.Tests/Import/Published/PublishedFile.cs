using SegBridge.Models.Bundles;
using SegBridge.Models.Golden;
using SegBridge.Models.Import;
using SegBridge.Models.Import.Families;
using SegBridge.Models.Tests.Import.Checkpoints;

namespace SegBridge.Models.Tests.Import.Published;

/// <summary>Files with the names, shapes and wrappers of published ones, and golden values.</summary>
internal static class PublishedFile
{
    public static string Templates { get; } = Path.Combine(Checkout.Root, "models", "templates");

    /// <param name="path">The file to write.</param>
    /// <param name="tree">What is in it.</param>
    /// <param name="prefix">Before every name.</param>
    /// <param name="wrappers">Dictionaries around it, outermost first.</param>
    public static string Write(string path, StateTree tree, string prefix = "", params string[] wrappers)
    {
        var file = new TorchFile();
        foreach (var (name, shape) in tree.Shapes)
        {
            var values = new float[shape.Aggregate(1L, (product, length) => product * length)];
            GoldenFill.Parameter(name, shape, values);
            file.Tensor(prefix + name, values, shape);
        }

        return file.Save(path, wrappers, _ => [("epoch", pickle => pickle.Whole(3))]);
    }

    public static ImportRequest Request(ModelFamily family, string checkpoint, string models, string id = "imported") => new()
    {
        Family = family,
        Checkpoint = checkpoint,
        Id = id,
        ModelsFolder = models,
        TemplatesFolder = Templates,
        Intensities = family == ModelFamily.Prism ? PrismIntensities.Presets["colon"] : null,
    };
}
