using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;

namespace SegBridge.Models.Slices;

/// <summary>The models of a repository that segment slices. Safe for concurrent use.</summary>
public sealed class SliceModels
{
    private readonly CurrentModels<SliceNetwork, SliceModel> _models;

    public SliceModels(ModelRepository repository)
    {
        ArgumentNullException.ThrowIfNull(repository);
        _models = new(repository, static (bundle, network, device) => new SliceModel(bundle, network, device), "does not work on single slices");
    }

    public ModelRepository Repository => _models.Repository;

    /// <summary>
    /// The model as it is on disk now; the same instance as long as the bundle stays the same. Ask for it at every
    /// step: it costs the reading of a folder.
    /// </summary>
    /// <exception cref="ModelNotFoundException">There is none of that id.</exception>
    /// <exception cref="ModelRefusedException">It cannot be used, or does not work on slices.</exception>
    public ISliceModel Get(string modelId) => _models.Get(modelId);
}
