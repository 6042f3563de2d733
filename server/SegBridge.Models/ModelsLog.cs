using Microsoft.Extensions.Logging;

namespace SegBridge.Models;

/// <summary>What this assembly has to say. Paths and ids of models only: nothing about images or prompts.</summary>
internal static partial class ModelsLog
{
    [LoggerMessage(EventId = 200, EventName = "CudaChosen", Level = LogLevel.Information,
        Message = "Networks run on {Device} (CUDA)")]
    public static partial void CudaChosen(ILogger logger, string device);

    [LoggerMessage(EventId = 201, EventName = "CpuChosen", Level = LogLevel.Information,
        Message = "Networks run on the CPU with {Threads} threads: {Reason}")]
    public static partial void CpuChosen(ILogger logger, int threads, string reason);

    [LoggerMessage(EventId = 202, EventName = "BundleReady", Level = LogLevel.Information,
        Message = "Model {Model} {Version} is ready on {Device}, loaded in {Milliseconds} ms")]
    public static partial void BundleReady(ILogger logger, string model, string version, string device, long milliseconds);

    [LoggerMessage(EventId = 203, EventName = "BundleRefused", Level = LogLevel.Warning,
        Message = "Model {Model} is refused: {Reason}")]
    public static partial void BundleRefused(ILogger logger, string model, string reason);

    [LoggerMessage(EventId = 204, EventName = "BundleRemoved", Level = LogLevel.Information,
        Message = "Model {Model} was removed")]
    public static partial void BundleRemoved(ILogger logger, string model);

    [LoggerMessage(EventId = 205, EventName = "BundleFolderMissing", Level = LogLevel.Warning,
        Message = "There is no folder of models at {Folder}; models put there later will be noticed")]
    public static partial void BundleFolderMissing(ILogger logger, string folder);
}
