using Grpc.Core;
using Grpc.Health.V1;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace SegBridge.Server.Services;

/// <summary>The standard health protocol, for the server as a whole and for each of its services.</summary>
internal sealed class HealthService(ServingState serving) : Health.HealthBase
{
    private static readonly HashSet<string> Services = new(StringComparer.Ordinal)
    {
        "",
        V1.Sessions.Descriptor.FullName,
        V1.Models.Descriptor.FullName,
        V1.Tasks.Descriptor.FullName,
        V1.Export.Descriptor.FullName,
        V1.Server.Descriptor.FullName,
    };

    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) =>
        Services.Contains(request.Service)
            ? Task.FromResult(Now())
            : throw new RpcException(new Status(StatusCode.NotFound, "no such service; an empty name asks for the whole server"));

    public override async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        if (!Services.Contains(request.Service))
        {
            await responseStream.WriteAsync(new HealthCheckResponse { Status = ServingStatus.ServiceUnknown });
            // The protocol keeps the stream open: the service might come.
            await serving.Stopped.WaitAsync(context.CancellationToken);
            return;
        }

        if (serving.IsServing)
        {
            await responseStream.WriteAsync(Now());
            await serving.Stopped.WaitAsync(context.CancellationToken);
        }

        await responseStream.WriteAsync(Now());
    }

    private HealthCheckResponse Now() => new() { Status = serving.IsServing ? ServingStatus.Serving : ServingStatus.NotServing };
}
