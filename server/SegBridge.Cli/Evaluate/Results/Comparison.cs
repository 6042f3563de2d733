using SegBridge.Cli.Metrics;

namespace SegBridge.Cli.Evaluate.Results;

/// <summary>A mean difference with its 95 % interval.</summary>
internal readonly record struct Difference(double Mean, double Low, double High)
{
    /// <summary>Whether the interval leaves 0 out.</summary>
    internal bool IsClear => Low > 0 || High < 0;

    public static Difference Of(MeanInterval mean) => new(Math.Round(mean.Mean, 4), Math.Round(mean.Low, 4), Math.Round(mean.High, 4));
}

/// <summary>
/// The last line of <c>evaluate --compare A,B --json</c>: what B has more than A on the same objects with the same seeds,
/// as hierarchical means of the differences of each object.
/// </summary>
/// <param name="Compare">A and B.</param>
/// <param name="Protocol">Who prompted.</param>
/// <param name="Dataset">Names of the data, comma-separated.</param>
/// <param name="Cases">Objects that both played.</param>
/// <param name="Dice">After each step.</param>
/// <param name="Noi90">Steps to Dice 0.90.</param>
/// <param name="Nsd">After the last step.</param>
/// <param name="Hd95">After the last step, mm, over the objects of which both have a mask; null when there is none.</param>
/// <param name="MsPerStep">Milliseconds of a step in the server.</param>
internal sealed record Comparison(
    IReadOnlyList<string> Compare,
    string Protocol,
    string Dataset,
    int Cases,
    IReadOnlyList<Difference> Dice,
    Difference Noi90,
    Difference Nsd,
    Difference? Hd95,
    Difference MsPerStep)
{
    /// <param name="a">What is compared with.</param>
    /// <param name="b">What is compared.</param>
    /// <param name="settings">What was played.</param>
    /// <param name="steps">Of both.</param>
    public static Comparison Of(string a, string b, EvaluationSettings settings, IReadOnlyList<EvaluatedStep> steps)
    {
        var second = PlayedObject.Of(steps.Where(step => step.Model == b)).ToDictionary(played => played.Last.Key);
        var pairs = PlayedObject.Of(steps.Where(step => step.Model == a))
            .Where(played => second.ContainsKey(played.Last.Key)).Select(played => (A: played, B: second[played.Last.Key])).ToArray();
        Difference? More(Func<PlayedObject, double?> value) =>
            HierarchicalMean.Of(pairs.Where(pair => value(pair.A) is not null && value(pair.B) is not null).Select(pair => (pair.A.Place, value(pair.B)!.Value - value(pair.A)!.Value)), settings.Seed)
                is { } mean ? Difference.Of(mean) : null;
        return new Comparison(
            [a, b],
            settings.Protocol.Name,
            string.Join(',', pairs.Select(pair => pair.A.Place.Dataset).Distinct()),
            pairs.Select(pair => pair.A.Last.Key with { Seed = 0 }).Distinct().Count(),
            [.. Enumerable.Range(0, settings.Steps).Select(n => More(played => played.Steps[n].Dice)!.Value)],
            More(played => played.StepsTo(0.90))!.Value,
            More(played => played.Last.Nsd)!.Value,
            More(played => played.Last.Hd95),
            More(played => played.Steps.Where(step => step.IsSent).Select(step => (double?)step.ServerMs).Average())!.Value);
    }
}
