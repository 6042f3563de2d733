namespace SegBridge.Cli.Evaluate.Results;

/// <summary>What series came to.</summary>
/// <param name="Series">How many.</param>
/// <param name="Noi90">Mean steps to Dice 0.90 of the first image of each series, of the second, …</param>
/// <param name="Proposal">Mean Dice of what was proposed from context before any prompt, in the same order; null where nothing was.</param>
/// <param name="TotalInteractions">Mean of all steps of prompts in a series.</param>
internal sealed record SeriesSummary(int Series, IReadOnlyList<double> Noi90, IReadOnlyList<double?> Proposal, double TotalInteractions)
{
    /// <param name="objects">Images of series.</param>
    public static SeriesSummary Of(IReadOnlyList<PlayedObject> objects)
    {
        var places = objects.GroupBy(played => played.Last.Index ?? 0).OrderBy(place => place.Key).ToArray();
        var series = objects.GroupBy(played => (played.Place.Dataset, played.Place.Label, played.Last.Seed)).ToArray();
        return new SeriesSummary(
            series.Length,
            [.. places.Select(place => Math.Round(place.Average(played => played.StepsTo(0.90)), 3))],
            [.. places.Select(place => place.Average(played => played.Proposal?.Dice) is { } dice ? Math.Round(dice, 4) : (double?)null)],
            Math.Round(series.Average(one => one.Sum(played => played.Steps.Count(step => step.IsSent))), 3));
    }
}
