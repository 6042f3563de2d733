using SegBridge.Models.Slices;

namespace SegBridge.Sessions.Tasks.Context;

/// <summary>The examples of a task that go with one step.</summary>
/// <param name="Context">As the model takes them; empty for an empty task.</param>
/// <param name="ExampleIds">Which they are, in the context's order: the same ones in that order give the same mask.</param>
internal sealed record ChosenContext(SliceContext Context, IReadOnlyList<string> ExampleIds)
{
    public static ChosenContext None { get; } = new(SliceContext.Empty, []);

    /// <summary>Finished slices first, and of these examples as many as there is room for beside them.</summary>
    public ChosenContext Beside(IReadOnlyList<SliceExample> finished)
    {
        var room = SliceContext.MostExamples - finished.Count;
        return finished.Count == 0
            ? this
            : new ChosenContext(new SliceContext([.. finished, .. Context.Examples.Take(room)]), [.. ExampleIds.Take(room)]);
    }
}
