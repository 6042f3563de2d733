using System.Diagnostics;
using Microsoft.Extensions.Logging;
using SegBridge.Models.Bundles.Manifests;
using SegBridge.Models.Inference;
using SegBridge.Models.Slices.MultiverSeg;
using SegBridge.Models.Slices.ScribblePromptSam;
using SegBridge.Models.Slices.ScribblePromptUnet;
using SegBridge.Models.Volumes.Prism;

namespace SegBridge.Models.Bundles;

/// <summary>Takes a bundle from its folder to a network that has run once, or to the reason why not.</summary>
internal sealed class BundleLoader(InferenceDevice device, ILogger logger)
{
    private readonly PartHashes _hashes = new();

    /// <param name="bundle">Ready or refused afterwards.</param>
    /// <param name="closing">Refuses it, silently: nobody needs it any more.</param>
    public void Load(ModelBundle bundle, CancellationToken closing)
    {
        var started = Stopwatch.GetTimestamp();
        ModelManifest? manifest = null;
        try
        {
            closing.ThrowIfCancellationRequested();
            manifest = ManifestParser.Read(bundle.Folder);
            if (manifest.Id != bundle.Id)
            {
                throw new BundleException($"the manifest's id is {manifest.Id} but the folder is named {bundle.Id}: name them alike");
            }

            var files = manifest.Parts.ToDictionary(part => part.Name, part => _hashes.Verify(bundle.Folder, part), StringComparer.Ordinal);
            closing.ThrowIfCancellationRequested();
            var network = Open(manifest, files);
            bundle.Accept(manifest, network, SizeOf(bundle.Folder, manifest));
            var took = (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            ModelsLog.BundleReady(logger, bundle.Id, manifest.Version, network.Device, took);
        }
        catch (OperationCanceledException) when (closing.IsCancellationRequested)
        {
            bundle.Refuse(manifest, "the server is stopping", 0);
        }
        catch (Exception exception)
        {
            // Whatever is wrong with one bundle, the others and the server go on.
            var reason = exception is BundleException ? exception.Message : $"the bundle could not be loaded: {exception.Message}";
            bundle.Refuse(manifest, reason, SizeOf(bundle.Folder, manifest));
            ModelsLog.BundleRefused(logger, bundle.Id, reason);
        }
    }

    private LeasedNetwork Open(ModelManifest manifest, Dictionary<string, string> files) => manifest.Family switch
    {
        ModelFamily.ScribblePromptUnet => ScribblePromptUnetNetwork.Load(manifest, files, device),
        ModelFamily.ScribblePromptSam => ScribblePromptSamNetwork.Load(manifest, files, device),
        ModelFamily.MultiverSeg when files.ContainsKey(UniverSegNetwork.PartName) => UniverSegNetwork.Load(manifest, files, device),
        ModelFamily.MultiverSeg => MultiverSegNetwork.Load(manifest, files, device),
        ModelFamily.Prism => PrismNetwork.Load(manifest, files, device),
        var family => throw new BundleException($"this version cannot run models of the family {FamilyNames.Of(family)}"),
    };

    // Of what is there: without an answer, those who wait for the bundle would wait for ever.
    private static long SizeOf(string folder, ModelManifest? manifest)
    {
        try
        {
            return manifest?.Parts.Select(part => BundleFile.Of(Path.Combine(folder, part.File))).Sum(file => file.Exists ? file.Length : 0) ?? 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
