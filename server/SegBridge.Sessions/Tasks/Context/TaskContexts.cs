using System.Runtime.CompilerServices;
using SegBridge.Models.Slices;
using SegBridge.Sessions.Errors;

namespace SegBridge.Sessions.Tasks.Context;

/// <summary>
/// Brings tasks to models: picks the examples of a step, keeps them ready for the network, and learns from the time of each
/// step how many fit the next one. Thread-safe.
/// </summary>
public sealed class TaskContexts
{
    private readonly TaskStore _store;
    private readonly ConditionalWeakTable<ISliceModel, StepPace> _paces = [];
    private readonly ConditionalWeakTable<SliceImage, ImageLook> _imageLooks = [];
    private readonly RecentlyUsed<string, ImageLook> _exampleLooks;
    private readonly RecentlyUsed<(ISliceModel Model, string Example), SliceExample> _examples;
    private readonly RecentlyUsed<(ISliceModel Model, string Examples), ChosenContext> _contexts;
    private readonly TimeSpan _budget;

    public TaskContexts(TaskStore store, TaskOptions options)
    {
        (_store, _budget) = (store, options.ContextTime);
        // An eighth for what examples look like, half for examples, the rest for those laid out together.
        _exampleLooks = new(options.MaxCacheBytes / 8, look => look.SizeBytes);
        _examples = new(options.MaxCacheBytes / 2, example => example.SizeBytes);
        _contexts = new(options.MaxCacheBytes * 3 / 8, chosen => 2 * chosen.Context.Examples.Sum(example => example.SizeBytes));
    }

    /// <summary>The examples for a step on an image.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="model">A model that takes context.</param>
    /// <param name="image">The slice of the step.</param>
    /// <param name="given">The examples of a step that is done again; null: they are picked.</param>
    /// <exception cref="TaskNotFoundException">No such task.</exception>
    /// <exception cref="WrongStateException">A given example is gone.</exception>
    internal ChosenContext Choose(string taskId, ISliceModel model, SliceImage image, IReadOnlyList<string>? given)
    {
        var ids = given ?? Pick(taskId, model, image);
        if (ids.Count == 0)
        {
            return ChosenContext.None;
        }

        var chosen = _contexts.GetOrMake((model, string.Join(' ', ids)), () => Make(taskId, model, ids))!;
        return given is null || chosen.ExampleIds.Count == given.Count
            ? chosen
            : throw new WrongStateException($"{given.Count - chosen.ExampleIds.Count} of the {given.Count} examples that this step had are gone, so it cannot be done again");
    }

    /// <exception cref="TaskNotFoundException">No such task.</exception>
    internal void RequireTask(string taskId) => _store.ExamplesOf(taskId);

    /// <summary>Takes note of a step's time on the device. Without examples another network may have answered.</summary>
    internal void Learn(ISliceModel model, ChosenContext chosen, double ms)
    {
        if (chosen.Context.Count > 0)
        {
            PaceOf(model).Learn(chosen.Context.Count, ms);
        }
    }

    private StepPace PaceOf(ISliceModel model) => _paces.GetValue(model, _ => new StepPace(_budget));

    private IReadOnlyList<string> Pick(string taskId, ISliceModel model, SliceImage image)
    {
        var all = _store.ExamplesOf(taskId);
        var fitting = PaceOf(model).Examples;
        if (all.Count <= fitting)
        {
            return all;
        }

        var (ids, looks) = (new List<string>(), new List<ImageLook>());
        foreach (var id in all)
        {
            if (_exampleLooks.GetOrMake(id, () => _store.Read(taskId, id) is { } picture ? ImageLook.Of(picture.ToImage()) : null) is { } look)
            {
                ids.Add(id);
                looks.Add(look);
            }
        }

        return [.. ExampleSelection.MostSimilar(_imageLooks.GetValue(image, ImageLook.Of), looks, fitting).Select(n => ids[n])];
    }

    private ChosenContext Make(string taskId, ISliceModel model, IReadOnlyList<string> ids)
    {
        var (made, examples) = (new List<string>(), new List<SliceExample>());
        foreach (var id in ids)
        {
            var example = _examples.GetOrMake(
                (model, id), () => _store.Read(taskId, id) is { } picture ? model.ExampleOf(picture.ToImage(), picture.Mask.Span) : null);
            if (example is not null)
            {
                made.Add(id);
                examples.Add(example);
            }
        }

        return new ChosenContext(new SliceContext(examples), made);
    }
}
