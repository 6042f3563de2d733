using Grpc.Core;
using SegBridge.Models.Bundles;
using SegBridge.Server.Mapping;
using SegBridge.V1;
using Task = System.Threading.Tasks.Task;

namespace SegBridge.Server.Services;

/// <summary>Which models there are.</summary>
internal sealed class ModelsService(ModelRepository repository) : V1.Models.ModelsBase
{
    public override Task<ListModelsReply> ListModels(ListModelsRequest request, ServerCallContext context)
    {
        // Not repository.DefaultModelId, which waits while bundles load: that they do is an answer too.
        var bundles = repository.Bundles;
        var reply = new ListModelsReply { DefaultModelId = ModelRepository.DefaultOf(bundles)?.Id ?? "" };
        reply.Models.AddRange(bundles.Select(ModelMapping.ToWire));
        return Task.FromResult(reply);
    }

    public override Task<Model> GetModel(GetModelRequest request, ServerCallContext context)
    {
        var id = Field.Text(request.ModelId, 1, 64, "model_id");
        // A refused bundle is described too: its reason is what the caller is after.
        var bundle = repository.Bundles.FirstOrDefault(bundle => bundle.Id == id) ?? repository.Get(id);
        return Task.FromResult(ModelMapping.ToWire(bundle));
    }
}
