using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using SegBridge.Models.Bundles;
using SegBridge.Models.Bundles.Manifests;
using SegBridge.Models.Import.Checkpoints;
using SegBridge.Models.Import.Families;
using SegBridge.Models.Import.Graphs;
using SegBridge.Models.Inference;

namespace SegBridge.Models.Import;

/// <summary>
/// Makes bundles of published checkpoints: reads the weights as data, checks names and shapes against the templates,
/// writes the ONNX parts, and loads the result as the server would. Python is not needed and nothing of the checkpoint
/// is ever run.
/// </summary>
public sealed class CheckpointImporter
{
    private const int ChunkBytes = 1 << 20;
    private readonly ImportRequest _request;
    private readonly IProgress<ImportProgress>? _progress;
    private readonly CancellationToken _cancellation;
    private readonly HalfRounding? _half;
    private readonly List<ModelPart> _parts = [];
    private readonly List<ImportSource> _sources = [];

    private CheckpointImporter(ImportRequest request, IProgress<ImportProgress>? progress, CancellationToken cancellation)
    {
        _request = request;
        _progress = progress;
        _cancellation = cancellation;
        _half = request.Half ? new HalfRounding() : null;
    }

    /// <summary>Imports a checkpoint; the bundle is ready to use afterwards, or nothing has changed.</summary>
    /// <param name="request">What to import.</param>
    /// <param name="progress">Told often; null: nobody watches.</param>
    /// <param name="cancellation">Leaves nothing behind.</param>
    /// <exception cref="CheckpointException">The file is no checkpoint of plain weights, is damaged, or holds what is refused.</exception>
    /// <exception cref="ImportException">It is another network, the id is taken, or the result does not run.</exception>
    /// <exception cref="TemplateException">A template of this installation is missing or damaged.</exception>
    public static ImportReport Import(ImportRequest request, IProgress<ImportProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new CheckpointImporter(request, progress, cancellation).Import();
    }

    private ImportReport Import()
    {
        if ((_request.Family == ModelFamily.Prism) != (_request.Intensities is not null))
        {
            throw new ImportException(_request.Intensities is null
                ? $"PRISM needs the intensity constants it was trained with: --preset {string.Join('|', PrismIntensities.Presets.Keys)}, or --clip, --mean and --std"
                : "intensity constants are for PRISM only");
        }

        if (_request.UnetCheckpoint is not null && _request.Family != ModelFamily.MultiverSeg)
        {
            throw new ImportException("a second checkpoint for the time without examples is for MultiverSeg only");
        }

        using var stage = new BundleStage(_request.ModelsFolder, _request.Id, _request.Replace);
        var family = Convert(_request.Checkpoint, _request.Family, stage.Folder);
        if (_request.UnetCheckpoint is { } unet)
        {
            Convert(unet, ModelFamily.ScribblePromptUnet, stage.Folder);
        }
        else if (family == FamilyRecipes.UniverSeg)
        {
            throw new ImportException("it is a UniverSeg checkpoint, and UniverSeg takes no prompts: add the ScribblePrompt-UNet checkpoint that refines what it proposes (--unet)");
        }

        var date = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var half = _half is null ? null : new HalfReport(_half.LargestError, _half.Worst);
        File.WriteAllText(Path.Combine(stage.Folder, ManifestParser.FileName), ImportedManifest.Of(_request, family, _parts, _sources, date));
        File.WriteAllText(Path.Combine(stage.Folder, ImportedCard.FileName), ImportedCard.Of(_request, family, _parts, _sources, half, date));
        var selfTest = SelfTest(stage);
        var missing = family.Parts.Select(part => part.Name).Except(_parts.Select(part => part.Name)).ToArray();
        return new ImportReport(_request.Id, stage.Publish(), family.Family, _sources, _parts, missing, half, selfTest);
    }

    private FamilyRecipe Convert(string path, ModelFamily wanted, string folder)
    {
        using var checkpoint = CheckpointFile.Open(path);
        var family = CheckpointMatch.RecipeOf(wanted, checkpoint);
        var templates = Path.Combine(_request.TemplatesFolder, FamilyNames.Of(family.Family));
        var parts = CheckpointMatch.Parts(
            family, checkpoint, [.. family.Parts.Select(part => (part, GraphTemplate.Read(Path.Combine(templates, part.File))))]);
        var weights = new CheckpointWeights(checkpoint);
        foreach (var (part, template) in parts)
        {
            _parts.Add(Write(part, new FilledGraph(template, weights, _half), folder));
        }

        var taken = parts.SelectMany(item => item.Template.Weights).Select(weight => weight.Name).ToHashSet(StringComparer.Ordinal);
        _sources.Add(new ImportSource(
            Path.GetFileName(path), HashOf(path), new FileInfo(path).Length, taken.Count,
            [.. checkpoint.Tensors.Keys.Where(name => !taken.Contains(name))], checkpoint.Unwrapped, checkpoint.Unread));
        return family;
    }

    private ModelPart Write(PartRecipe part, FilledGraph graph, string folder)
    {
        var stage = $"writing {part.Name}";
        var done = 0L;
        using var stream = new HashingStream(new FileStream(Path.Combine(folder, part.File), FileMode.CreateNew, FileAccess.Write, FileShare.None, ChunkBytes));
        graph.Write(stream, bytes => _progress?.Report(new ImportProgress(stage, done += bytes, graph.WeightBytes)), _cancellation);
        stream.Flush();
        return new ModelPart(part.Name, part.File, stream.Sha256(), stream.Length);
    }

    private string HashOf(string path)
    {
        using var file = File.OpenRead(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var chunk = new byte[ChunkBytes];
        for (int read; (read = file.Read(chunk)) > 0;)
        {
            _cancellation.ThrowIfCancellationRequested();
            hash.AppendData(chunk, 0, read);
            _progress?.Report(new ImportProgress("hashing the checkpoint", file.Position, file.Length));
        }

        return System.Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private double SelfTest(BundleStage stage)
    {
        _progress?.Report(new ImportProgress("running the network once", 0, 0));
        var started = Stopwatch.GetTimestamp();
        using var device = new InferenceDevice(InferenceDevice.Cpu);
        using var repository = new ModelRepository(stage.Shelf, device);
        try
        {
            _ = repository.Get(_request.Id);
        }
        catch (ModelRefusedException exception)
        {
            throw new ImportException($"the network does not run after the import, and nothing was kept: {exception.Message}");
        }

        _cancellation.ThrowIfCancellationRequested();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }
}
