using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SegBridge.Server.Doors.Frame;
using SegBridge.Server.Mapping;

namespace SegBridge.Server.Doors.Monai;

/// <summary>
/// MONAI Label's protocol, for its plug-ins in 3D Slicer and OHIF and for MITK. The protocol has no steps and no state: a
/// request carries all prompts of a label. See <see cref="LabelTrail"/> for how that becomes a session's history.
/// </summary>
internal sealed class MonaiDoor(
    MonaiModels models, Datastore datastore, InferCalls infer, SessionCalls sessions, DatastoreCalls store, AuthCalls auth) : IDoor
{
    private const string NoTraining = "this server trains no models; they are made elsewhere and installed as bundles";
    private const string NoBatch = "this server's models work with the prompts of a user; there is no batch to run";

    public static void AddParts(IServiceCollection services)
    {
        services.AddSingleton<MonaiModels>();
        services.AddSingleton<UploadBudget>();
        services.AddSingleton<UploadTable>();
        services.AddSingleton<Datastore>();
        services.AddSingleton<OpenImages>();
        services.AddSingleton<InferCalls>();
        services.AddSingleton<SessionCalls>();
        services.AddSingleton<DatastoreCalls>();
        services.AddSingleton<AuthCalls>();
    }

    public void Map(DoorRoutes routes)
    {
        routes.MapGet("/", AboutAsync, needsKey: false);
        routes.MapGet("/info", InfoAsync);
        routes.MapPost("/infer", infer.InferAsync);
        routes.MapPost("/infer/{model}", infer.InferAsync);

        routes.MapGet("/auth", auth.DescribeAsync, needsKey: false);
        routes.MapPost("/auth/token", auth.LogInAsync, needsKey: false);
        routes.MapGet("/auth/token/valid", AuthCalls.ConfirmAsync);

        routes.Map(HttpMethods.Put, "/session", sessions.CreateAsync);
        routes.MapGet("/session/{id}", sessions.GetAsync);
        routes.Map(HttpMethods.Delete, "/session/{id}", sessions.RemoveAsync);

        MapDatastore(routes);
        routes.MapPost("/activelearning/{strategy}", store.NextAsync);

        // A client takes any 200 for a training that runs.
        foreach (var method in (string[])[HttpMethods.Get, HttpMethods.Post, HttpMethods.Delete])
        {
            routes.Map(method, "/train", _ => throw NotHere(NoTraining));
            routes.Map(method, "/train/{model}", _ => throw NotHere(NoTraining));
            routes.Map(method, "/batch/infer", _ => throw NotHere(NoBatch));
            routes.Map(method, "/batch/infer/{model}", _ => throw NotHere(NoBatch));
            routes.Map(method, "/scoring/{method}", _ => throw NotHere("this server scores no labels"));
        }

        routes.MapGet("/logs", LogsAsync);
    }

    public Task RefuseAsync(DoorCall call, DoorFault fault)
    {
        if (fault.RetryAfter is { } wait)
        {
            call.Response.Headers.RetryAfter = ((long)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return MonaiReply.JsonAsync(call, new JsonObject { ["detail"] = fault.Message }, fault.Status);
    }

    public string? NameOfToken(string token) => auth.NameOf(token);

    private void MapDatastore(DoorRoutes routes)
    {
        routes.MapGet("/datastore", store.ListAsync);
        foreach (var place in (string[])["/datastore", "/datastore/image"])
        {
            routes.Map(HttpMethods.Put, place, store.PutImageAsync);
            routes.Map(HttpMethods.Delete, place, store.RemoveImageAsync);
        }

        routes.MapGet("/datastore/image", store.GetImageAsync);
        routes.MapGet("/datastore/label", store.GetLabelAsync);
        routes.MapGet("/datastore/image/info", store.GetImageInfoAsync);
        routes.Map(HttpMethods.Put, "/datastore/image/info", store.PutImageInfoAsync);
        routes.Map(HttpMethods.Put, "/datastore/label", store.PutLabelAsync);
        routes.Map(HttpMethods.Delete, "/datastore/label", store.RemoveLabelAsync);
        routes.MapGet("/datastore/label/info", store.GetLabelInfoAsync);
        routes.Map(HttpMethods.Put, "/datastore/label/info", store.PutLabelInfoAsync);
        routes.Map(HttpMethods.Put, "/datastore/updatelabelinfo", store.PutLabelInfoAsync);
        routes.MapGet("/datastore/dataset", store.GetDatasetAsync);
    }

    // Nothing called "config" at this level: clients take it for a server that is too old for them.
    private Task InfoAsync(DoorCall call) => MonaiReply.JsonAsync(call, new JsonObject
    {
        ["name"] = "SegBridge",
        ["description"] = "Interactive segmentation with points, boxes and scribbles",
        ["version"] = SessionMapping.ServerVersion,
        ["labels"] = models.LabelNames,
        ["models"] = models.Described,
        ["trainers"] = new JsonObject(),
        ["strategies"] = new JsonObject { ["random"] = new JsonObject { ["description"] = "An image without a final label, by chance" } },
        ["scoring"] = new JsonObject(),
        ["train_stats"] = new JsonObject(),
        ["datastore"] = datastore.Statistics,
    });

    private static Task AboutAsync(DoorCall call) => MonaiReply.TextAsync(
        call, "SegBridge listens here for clients of MONAI Label. Give this address to the MONAI Label module of 3D Slicer or to its OHIF plug-in.\n");

    // Lines of one user are no matter for the others.
    private static Task LogsAsync(DoorCall call) => MonaiReply.TextAsync(
        call, "SegBridge writes its log to the standard error stream of the server, where its operator finds it.\n");

    private static DoorException NotHere(string why) => new(StatusCodes.Status404NotFound, why);
}
