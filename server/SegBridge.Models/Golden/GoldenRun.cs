using SegBridge.Models.Bundles;
using SegBridge.Models.Import;
using SegBridge.Models.Inference;

namespace SegBridge.Models.Golden;

/// <summary>
/// Proves a published architecture without its weights: fills it with golden ones, imports them like any checkpoint,
/// runs the bundle through the pipelines of the server, and holds the numbers against those of the authors' own code.
/// </summary>
public static class GoldenRun
{
    /// <summary>All known numbers of a family. The published sizes take up to a minute and some gigabytes.</summary>
    /// <param name="family">Which network.</param>
    /// <param name="templates">The folder with one folder of templates per family.</param>
    /// <param name="scratch">An empty folder for the checkpoint and the bundle, which the caller removes.</param>
    /// <param name="device">Where the network runs.</param>
    /// <param name="stage">Told what is being done, for people; null: nobody watches.</param>
    /// <param name="cancellation">Ends the run between its stages.</param>
    /// <exception cref="Import.Graphs.TemplateException">A template is missing or damaged.</exception>
    /// <exception cref="ImportException">The import failed.</exception>
    public static async Task<IReadOnlyList<GoldenRow>> RunAsync(
        ModelFamily family, string templates, string scratch, InferenceDevice device, Action<string>? stage, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(device);
        var models = GoldenBundle.Make(family, templates, scratch, stage, cancellation);
        stage?.Invoke("loading the bundle");
        using var repository = new ModelRepository(models, device);
        var bundle = repository.Get(GoldenBundle.Id);
        stage?.Invoke("running it");
        return family switch
        {
            ModelFamily.ScribblePromptUnet => GoldenSlices.Unet(bundle, device),
            ModelFamily.MultiverSeg => GoldenSlices.MultiverSeg(bundle),
            ModelFamily.ScribblePromptSam => GoldenSlices.Sam(bundle),
            ModelFamily.Prism => await GoldenVolume.PrismAsync(repository, GoldenBundle.Id, cancellation),
            _ => throw new ArgumentOutOfRangeException(nameof(family), family, null),
        };
    }
}
