using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;

namespace SegBridge.Models.Volumes;

/// <summary>The models of a repository that segment volumes. Safe for concurrent use.</summary>
public sealed class VolumeModels
{
    private readonly CurrentModels<VolumeNetwork, VolumeModel> _models;

    public VolumeModels(ModelRepository repository)
    {
        ArgumentNullException.ThrowIfNull(repository);
        _models = new(repository, static (bundle, network, device) => new VolumeModel(bundle, network, device), "does not work on volumes");
    }

    public ModelRepository Repository => _models.Repository;

    /// <summary>
    /// The model as it is on disk now; the same instance as long as the bundle stays the same. Ask for it at every
    /// step: it costs the reading of a folder.
    /// </summary>
    /// <exception cref="ModelNotFoundException">There is none of that id.</exception>
    /// <exception cref="ModelRefusedException">It cannot be used, or does not work on volumes.</exception>
    public IVolumeModel Get(string modelId) => _models.Get(modelId);
}
