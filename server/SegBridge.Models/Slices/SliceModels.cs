using System.Collections.Concurrent;
using SegBridge.Models.Bundles;

namespace SegBridge.Models.Slices;

/// <summary>The models of a repository that segment slices. Safe for concurrent use.</summary>
public sealed class SliceModels
{
    private readonly ConcurrentDictionary<string, SliceModel> _models = new(StringComparer.Ordinal);

    public SliceModels(ModelRepository repository)
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
    /// <exception cref="ModelRefusedException">It cannot be used, or does not work on slices.</exception>
    public ISliceModel Get(string modelId)
    {
        var bundle = Repository.Get(modelId);
        return _models.AddOrUpdate(
            modelId,
            static (_, asked) => Create(asked.Bundle, asked.Repository),
            static (_, model, asked) => model.Bundle == asked.Bundle ? model : Create(asked.Bundle, asked.Repository),
            (Bundle: bundle, Repository));
    }

    private static SliceModel Create(ModelBundle bundle, ModelRepository repository) =>
        bundle.Network is SliceNetwork network
            ? new SliceModel(bundle, network, repository.Device)
            : throw new ModelRefusedException($"model {bundle.Id} does not work on single slices");
}
