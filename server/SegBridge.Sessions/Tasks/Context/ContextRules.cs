using SegBridge.Models.Bundles;
using SegBridge.Models.Slices;
using SegBridge.Sessions.Errors;

namespace SegBridge.Sessions.Tasks.Context;

/// <summary>Refuses a task that a step cannot use, before anything of the step is remembered.</summary>
internal static class ContextRules
{
    /// <exception cref="InvalidRequestException">The model takes no context, or too many examples are given.</exception>
    /// <exception cref="TaskNotFoundException">No such task.</exception>
    /// <exception cref="TasksOffException">Tasks are off.</exception>
    public static void Require(string? taskId, IReadOnlyList<string>? exampleIds, ModelManifest model, TaskContexts? contexts)
    {
        if (taskId is not { } task)
        {
            return;
        }

        if (!model.UsesContext)
        {
            throw new InvalidRequestException($"task_id: model {model.Id} takes no examples; leave it empty, or choose a model with uses_context");
        }

        (contexts ?? throw new TasksOffException()).RequireTask(task);
        if (exampleIds?.Count > SliceContext.MostExamples)
        {
            throw new InvalidRequestException($"a step takes at most {SliceContext.MostExamples} examples, got {exampleIds.Count}");
        }
    }
}
