namespace SegBridge.Cli.Demo.Context;

/// <summary>One case of the series; one line of the table and of the report.</summary>
/// <param name="Case">The case, and the slice where it is a volume.</param>
/// <param name="Examples">Finished cases that the model saw.</param>
/// <param name="Proposal">Dice of the mask proposed from them before any prompt; null for the first case.</param>
/// <param name="StepsWith">Steps of prompts until Dice 0.90, or all, with them.</param>
/// <param name="DiceWith">Dice in the end.</param>
/// <param name="StepsWithout">The same without context.</param>
/// <param name="DiceWithout">Dice in the end.</param>
internal sealed record ContextCase(
    string Case, int Examples, double? Proposal, int StepsWith, double DiceWith, int StepsWithout, double DiceWithout);

/// <summary>The last line of <c>demo --family context --json</c>; the names and their order are a promise.</summary>
/// <param name="Model">Bundle that answered.</param>
/// <param name="Dataset">Name of the data.</param>
/// <param name="Protocol">Who prompted.</param>
/// <param name="Cases">In the order played.</param>
/// <param name="StepsWith">Mean over the cases.</param>
/// <param name="StepsWithout">The same without context.</param>
/// <param name="FirstHalfWith">Mean steps with context over the first half of the cases.</param>
/// <param name="FirstHalfWithout">The same without.</param>
/// <param name="SecondHalfWith">Mean over the second half, which more examples helped.</param>
/// <param name="SecondHalfWithout">The same without.</param>
internal sealed record ContextReport(
    string Model,
    string Dataset,
    string Protocol,
    IReadOnlyList<ContextCase> Cases,
    double StepsWith,
    double StepsWithout,
    double FirstHalfWith,
    double FirstHalfWithout,
    double SecondHalfWith,
    double SecondHalfWithout)
{
    /// <param name="model">Bundle that answered.</param>
    /// <param name="dataset">Name of the data.</param>
    /// <param name="protocol">Who prompted.</param>
    /// <param name="cases">At least two.</param>
    public static ContextReport Of(string model, string dataset, string protocol, IReadOnlyList<ContextCase> cases)
    {
        var half = cases.Count / 2;
        double Mean(IEnumerable<ContextCase> of, Func<ContextCase, int> steps) => Math.Round(of.Average(steps), 3);
        return new ContextReport(
            model,
            dataset,
            protocol,
            cases,
            Mean(cases, one => one.StepsWith),
            Mean(cases, one => one.StepsWithout),
            Mean(cases.Take(half), one => one.StepsWith),
            Mean(cases.Take(half), one => one.StepsWithout),
            Mean(cases.Skip(half), one => one.StepsWith),
            Mean(cases.Skip(half), one => one.StepsWithout));
    }
}
