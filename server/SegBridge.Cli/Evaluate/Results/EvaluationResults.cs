using SegBridge.Cli.Evaluate.Playing;

namespace SegBridge.Cli.Evaluate.Results;

/// <summary>All that came out of an evaluation.</summary>
internal sealed class EvaluationResults
{
    private readonly ILookup<string, EvaluatedStep> _steps;

    /// <param name="arms">One, or two that are compared.</param>
    /// <param name="settings">What was played.</param>
    /// <param name="steps">At least one object of each arm.</param>
    public EvaluationResults(IReadOnlyList<Arm> arms, EvaluationSettings settings, IReadOnlyList<EvaluatedStep> steps)
    {
        (Arms, Settings, _steps) = (arms, settings, steps.ToLookup(step => step.Model));
        Summaries = [.. arms.Select(arm => EvaluationSummary.Of(arm.Name, settings, StepsOf(arm)))];
        Comparison = arms.Count == 2 ? Comparison.Of(arms[0].Name, arms[1].Name, settings, steps) : null;
    }

    public IReadOnlyList<Arm> Arms { get; }

    public EvaluationSettings Settings { get; }

    /// <summary>In the order of the arms.</summary>
    public IReadOnlyList<EvaluationSummary> Summaries { get; }

    /// <summary>Null with one arm.</summary>
    public Comparison? Comparison { get; }

    public IReadOnlyList<EvaluatedStep> StepsOf(Arm arm) => [.. _steps[arm.Name]];

    public IReadOnlyList<PlayedObject> ObjectsOf(Arm arm) => PlayedObject.Of(_steps[arm.Name]);
}
