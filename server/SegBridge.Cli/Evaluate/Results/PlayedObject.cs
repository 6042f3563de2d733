using SegBridge.Cli.Metrics;

namespace SegBridge.Cli.Evaluate.Results;

/// <summary>All steps of one object with one seed, of one model.</summary>
internal sealed class PlayedObject
{
    private PlayedObject(EvaluatedStep[] steps)
    {
        (Proposal, Steps) = (Array.Find(steps, step => step.Step == 0), [.. steps.Where(step => step.Step > 0).OrderBy(step => step.Step)]);
    }

    /// <summary>Step 0; null where nothing was proposed before the first prompt.</summary>
    public EvaluatedStep? Proposal { get; }

    /// <summary>From step 1.</summary>
    public IReadOnlyList<EvaluatedStep> Steps { get; }

    public EvaluatedStep Last => Steps[^1];

    public Place Place => Last.Place;

    /// <summary>In the order played; those without a step 1 yet are left out.</summary>
    public static IReadOnlyList<PlayedObject> Of(IEnumerable<EvaluatedStep> steps) =>
        [.. steps.GroupBy(step => (step.Model, step.Key)).Select(group => new PlayedObject([.. group])).Where(played => played.Steps.Count > 0)];

    public bool Reaches(double goal) => Path.Any(step => step.Dice >= goal);

    /// <summary>Steps of prompts until the goal; all steps where it is never reached.</summary>
    public int StepsTo(double goal) => Path.FirstOrDefault(step => step.Dice >= goal)?.Step ?? Steps.Count;

    /// <summary>Prompts until the goal; all that were given where it is never reached.</summary>
    public int PromptsTo(double goal)
    {
        var last = StepsTo(goal);
        return Steps.Where(step => step.Step <= last).Sum(step => step.Prompts);
    }

    private IEnumerable<EvaluatedStep> Path => Proposal is null ? Steps : Steps.Prepend(Proposal);
}
