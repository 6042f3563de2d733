using System.Collections.Concurrent;
using SegBridge.Models.Bundles;

namespace SegBridge.Models.Volumes;

/// <summary>The models of a repository that segment volumes. Safe for concurrent use.</summary>
public sealed class VolumeModels
{
    private readonly ConcurrentDictionary<string, VolumeModel> _models = new(StringComparer.Ordinal);

    public VolumeModels(ModelRepository repository)
    {
        ArgumentNullException.ThrowIfNull(repository);
        Repository = repository;
    }

    public ModelRepository Repository { get; }

    /// <summary>
    /// The model as it is on disk now; the same instance as long as the bundle stays the same. Ask for it at every
    /// step: it costs the reading of a folder.
    /// </summary>
    /// <exception cref="ModelNotFoundException">There is none of that id.</exception>
    /// <exception cref="ModelRefusedException">It cannot be used, or does not work on volumes.</exception>
    public IVolumeModel Get(string modelId)
    {
        var bundle = Repository.Get(modelId);
        return _models.AddOrUpdate(
            modelId,
            static (_, asked) => Create(asked.Bundle, asked.Repository),
            static (_, model, asked) => model.Bundle == asked.Bundle ? model : Create(asked.Bundle, asked.Repository),
            (Bundle: bundle, Repository));
    }

    private static VolumeModel Create(ModelBundle bundle, ModelRepository repository) =>
        bundle.Network is VolumeNetwork network
            ? new VolumeModel(bundle, network, repository.Device)
            : throw new ModelRefusedException($"model {bundle.Id} does not work on volumes");
}
