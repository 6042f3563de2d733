using SegBridge.Models.Bundles;
using SegBridge.Models.Import;
using SegBridge.Models.Import.Families;

namespace SegBridge.Models.Golden;

/// <summary>A published architecture as a bundle whose weights are golden ones.</summary>
public static class GoldenBundle
{
    /// <summary>Of the bundle.</summary>
    public const string Id = "golden";

    /// <summary>Writes a checkpoint and imports it like any other.</summary>
    /// <param name="family">Which network.</param>
    /// <param name="templates">The folder with one folder of templates per family.</param>
    /// <param name="scratch">An empty folder for the checkpoint and the bundle, which the caller removes.</param>
    /// <param name="stage">Told what is being done, for people; null: nobody watches.</param>
    /// <param name="cancellation">Ends it between its stages.</param>
    /// <returns>The folder of bundles.</returns>
    /// <exception cref="Import.Graphs.TemplateException">A template is missing or damaged.</exception>
    /// <exception cref="ImportException">The import failed.</exception>
    public static string Make(ModelFamily family, string templates, string scratch, Action<string>? stage, CancellationToken cancellation)
    {
        var checkpoint = Path.Combine(scratch, $"{Id}.safetensors");
        stage?.Invoke("writing a checkpoint");
        GoldenCheckpoint.Write(templates, family, checkpoint, cancellation);
        var models = Path.Combine(scratch, "bundles");
        stage?.Invoke("importing it");
        CheckpointImporter.Import(
            new ImportRequest
            {
                Family = family,
                Checkpoint = checkpoint,
                Id = Id,
                ModelsFolder = models,
                TemplatesFolder = templates,
                Intensities = family == ModelFamily.Prism ? PrismIntensities.Presets.Values.First() : null,
            },
            null, cancellation);
        File.Delete(checkpoint);
        return models;
    }
}
