using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SegBridge.Compression;
using SegBridge.Imaging.Dicom.Web;
using SegBridge.Models.Bundles;
using SegBridge.Server.Logging;
using SegBridge.Server.Services;
using SegBridge.Server.Tls;
using SegBridge.Sessions.Archives;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Journal;
using SegBridge.Sessions.Tasks;

namespace SegBridge.Server.Hosting;

/// <summary>Starts servers. Several may run in one process.</summary>
public static class ServerHost
{
    /// <summary>Starts a server and returns once it listens. Signals of the operating system are the program's matter.</summary>
    /// <param name="options">What to start.</param>
    /// <param name="cancellation">Gives up starting; has no meaning afterwards.</param>
    /// <exception cref="ServerConfigurationException">A setting is wrong, a file cannot be used, or a port is taken.</exception>
    public static async Task<RunningServer> StartAsync(ServerOptions options, CancellationToken cancellation = default)
    {
        OptionRules.Require(options);
        if (options.Journal is { } journal)
        {
            MakeFolder(journal.Folder);
        }

        var certificate = options.Tls is null ? null : ServerCertificate.Of(options.Tls, options.Address, options.Clock.GetUtcNow());
        var endpoints = new Endpoints(options, certificate);
        var app = Build(options, endpoints);
        try
        {
            // Models load while the ports open, not at the first call.
            app.Services.GetRequiredService<ModelRepository>();
            // Journals that are too old go now, and a folder that cannot be used shows now.
            app.Services.GetService<JournalStore>();
            app.Services.GetService<TaskStore>();
            app.Services.GetRequiredService<SeriesArchives>();
            await app.StartAsync(cancellation);
        }
        catch (Exception cause)
        {
            await app.DisposeAsync();
            if (cause is TaskFolderException or DicomWebConfigurationException)
            {
                throw new ServerConfigurationException(cause.Message, cause);
            }

            if (cause is IOException or SocketException or AddressInUseException)
            {
                throw new ServerConfigurationException($"cannot listen on {options.Address}, ports {string.Join(", ", [options.GrpcPort, options.HttpPort, .. options.Doors.Select(door => door.Port)])}: {cause.Message}", cause);
            }

            throw;
        }

        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ServerHost).FullName!);
        ServerLog.Listening(log, endpoints.Grpc, endpoints.Http);
        foreach (var door in endpoints.Doors)
        {
            ServerLog.DoorOpen(log, door.Name, door.Address);
        }

        if (options.Doors.Any(door => door.Kind == DoorKind.NnInteractive) && SystemLibraries.Missing() is { Count: > 0 } missing)
        {
            ServerLog.LibrariesMissing(log, string.Join(" and ", missing));
        }

        if (!IPAddress.IsLoopback(options.Address) && options.Tls is null && options.KeyFile is null)
        {
            ServerLog.OpenToAll(log, options.Address.ToString());
        }

        return new RunningServer(
            app, app.Services.GetRequiredService<ServingState>(), log, options.DrainTime, endpoints,
            certificate is null ? null : ServerCertificate.FingerprintOf(certificate));
    }

    private static void MakeFolder(string journals)
    {
        try
        {
            JournalStore.MakeFolder(journals);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new ServerConfigurationException($"the journal folder {journals} cannot be made: {cause.Message}", cause);
        }
    }

    private static WebApplication Build(ServerOptions options, Endpoints endpoints)
    {
        // The empty builder reads no settings from files or from the environment: what the options say is all.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(endpoints.Configure);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTime);
        ServerServices.Add(builder.Services, options);
        var app = builder.Build();
        Pipeline.Use(app, options);
        return app;
    }
}
