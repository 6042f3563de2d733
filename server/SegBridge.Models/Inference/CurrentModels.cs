using System.Collections.Concurrent;
using SegBridge.Models.Bundles;

namespace SegBridge.Models.Inference;

/// <summary>One model per bundle of a repository, made anew when its bundle was replaced. Safe for concurrent use.</summary>
internal sealed class CurrentModels<TNetwork, TModel>(
    ModelRepository repository, Func<ModelBundle, TNetwork, InferenceDevice, TModel> create, string refusal)
    where TNetwork : LeasedNetwork
{
    private readonly ConcurrentDictionary<string, (ModelBundle Bundle, TModel Model)> _models = new(StringComparer.Ordinal);

    public ModelRepository Repository { get; } = repository;

    /// <exception cref="ModelNotFoundException">There is none of that id.</exception>
    /// <exception cref="ModelRefusedException">It cannot be used, or its network is of another kind.</exception>
    public TModel Get(string modelId)
    {
        var bundle = Repository.Get(modelId);
        return _models.AddOrUpdate(
            modelId, _ => Create(bundle), (_, current) => current.Bundle == bundle ? current : Create(bundle)).Model;
    }

    private (ModelBundle, TModel) Create(ModelBundle bundle) =>
        bundle.Network is TNetwork network
            ? (bundle, create(bundle, network, Repository.Device))
            : throw new ModelRefusedException($"model {bundle.Id} {refusal}");
}
