namespace SegBridge.Sessions.Tasks.Context;

/// <summary>Picks the examples that help most with an image.</summary>
public static class ExampleSelection
{
    /// <summary>The most similar ones. The same input gives the same answer.</summary>
    /// <param name="image">The image to be segmented.</param>
    /// <param name="examples">What there is, in the task's order.</param>
    /// <param name="count">How many to pick.</param>
    /// <returns>Indices of examples, rising.</returns>
    public static IReadOnlyList<int> MostSimilar(ImageLook image, IReadOnlyList<ImageLook> examples, int count) =>
    [
        .. Enumerable.Range(0, examples.Count)
            .OrderByDescending(n => image.SimilarityTo(examples[n])).ThenBy(n => n)
            .Take(count).Order(),
    ];
}
