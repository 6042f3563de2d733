using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;
using SegBridge.Models.Slices;
using SegBridge.Models.Volumes;
using SegBridge.Server.Doors.Frame;
using SegBridge.Server.Doors.Loop;
using SegBridge.Server.Errors;
using SegBridge.Server.Export;
using SegBridge.Server.Limits;
using SegBridge.Server.Logging;
using SegBridge.Server.Security;
using SegBridge.Server.Services;
using SegBridge.Server.Web;
using SegBridge.Sessions;
using SegBridge.Sessions.Archives;
using SegBridge.Sessions.Journal;
using SegBridge.Sessions.Tasks;
using SegBridge.Sessions.Tasks.Context;
using Serilog;

namespace SegBridge.Server.Hosting;

/// <summary>What a server is made of.</summary>
internal static class ServerServices
{
    public static void Add(IServiceCollection services, ServerOptions options)
    {
        services.AddLogging(logging => logging.AddSerilog(ServerLogger.Create(options.Log), dispose: true));
        services.AddSingleton(options.Clock);
        services.AddSingleton(options.Limits);
        services.AddSingleton(options.Sessions);
        // Ctrl+C and SIGTERM belong to the program that hosts the server.
        services.AddSingleton<IHostLifetime, NoLifetime>();

        AddModels(services, options);
        if (options.Journal is { } journal)
        {
            services.AddSingleton(journal);
            services.AddSingleton<JournalStore>();
        }

        AddTasks(services, options);
        services.AddSingleton<SessionManager>();
        services.AddSingleton(provider => new SeriesArchives(options.Archives, options.Sessions, provider.GetRequiredService<ILogger<SeriesArchives>>()));
        services.AddSingleton<SeriesSessions>();
        services.AddSingleton<SeriesCalls>();
        services.AddSingleton<ServingState>();
        services.AddSingleton<ExportTurn>();
        services.AddSingleton<DicomObjects>();
        services.AddSingleton<StoreCalls>();
        services.AddSingleton(new FailedKeyLimit(options.Limits, options.Clock));
        services.AddSingleton<CallRateLimit>();
        if (options.KeyFile is { } keyFile)
        {
            services.AddSingleton(provider => new KeyRing(keyFile, options.Clock, provider.GetRequiredService<ILogger<KeyRing>>()));
            services.AddSingleton<KeyGate>();
        }

        services.AddSingleton(options.Monai);
        services.AddSingleton<DoorImages>();
        services.AddSingleton<DoorClients>();
        DoorCatalogue.Add(services, options.Doors);
        var origins = new AllowedOrigins(options.AllowedOrigins);
        services.AddSingleton(origins);
        services.AddCors(cors => 
        {
            cors.AddDefaultPolicy(origins.Configure);
            cors.AddPolicy(DoorPort.CorsPolicy, origins.ConfigureDoors);
        });
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = options.Limits.MaxMessageBytes;
            grpc.MaxSendMessageSize = options.Limits.MaxReplyBytes;
            grpc.EnableDetailedErrors = false;
            grpc.Interceptors.Add<ErrorInterceptor>();
            grpc.Interceptors.Add<CallRecordInterceptor>();
        });
    }

    // Without a folder there is no store, and nothing can write pixels.
    private static void AddTasks(IServiceCollection services, ServerOptions options)
    {
        if (options.Tasks.Folder is not null)
        {
            services.AddSingleton(options.Tasks);
            services.AddSingleton<TaskStore>();
            services.AddSingleton<TaskUploads>();
            services.AddSingleton<TaskContexts>();
        }
    }

    // Created and disposed of in the order of their needs: the device outlives the networks on it.
    private static void AddModels(IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton(provider => InferenceDevices.Open(options.Inference, provider.GetRequiredService<ILogger<InferenceDevice>>()));
        services.AddSingleton(provider => new ModelRepository(
            options.ModelFolder, provider.GetRequiredService<InferenceDevice>(), provider.GetRequiredService<ILogger<ModelRepository>>()));
        services.AddSingleton<SliceModels>();
        services.AddSingleton<VolumeModels>();
    }
}
