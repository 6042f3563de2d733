using SegBridge.Cli.Models;
using SegBridge.Models.Bundles;
using SegBridge.Models.Golden;

namespace SegBridge.Cli.Bench.Peer;

/// <summary>A bundle of ScribblePrompt-UNet at its published size with made-up weights, in a folder of its own that goes with it.</summary>
internal sealed class PublishedModel : IDisposable
{
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("segbridge-published-");

    private PublishedModel()
    {
    }

    /// <summary>The folder of bundles.</summary>
    public string Folder { get; private set; } = "";

    public static PublishedModel Make(CancellationToken cancellationToken)
    {
        var model = new PublishedModel();
        try
        {
            model.Folder = GoldenBundle.Make(
                ModelFamily.ScribblePromptUnet, ImportTemplateFolder.Resolve(null), model._scratch.FullName, null, cancellationToken);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    public void Dispose() => _scratch.Delete(recursive: true);
}
