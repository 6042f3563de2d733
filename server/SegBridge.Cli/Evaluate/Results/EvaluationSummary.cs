using SegBridge.Cli.Metrics;

namespace SegBridge.Cli.Evaluate.Results;

/// <summary>
/// The last line of <c>evaluate --json</c>; the names and their order are a promise. Means are hierarchical, see
/// <see cref="HierarchicalMean"/>, those of time and bytes plain means over the steps that were sent.
/// </summary>
/// <param name="Model">What answered.</param>
/// <param name="Protocol">Who prompted.</param>
/// <param name="Dataset">Names of the data, comma-separated.</param>
/// <param name="Cases">Objects, however often each was played.</param>
/// <param name="Dice">Mean after each step.</param>
/// <param name="Noi90">Mean number of steps until Dice 0.90; an object that does not get there counts all steps.</param>
/// <param name="Hd95">Mean after the last step, mm, over the objects that have a mask; null when none has.</param>
/// <param name="Nsd">Mean after the last step.</param>
/// <param name="MsPerStep">Milliseconds of a step in the server.</param>
/// <param name="Split">Which part of the data.</param>
/// <param name="Subjects">Different ones.</param>
/// <param name="Seeds">How often each object was played.</param>
/// <param name="DiceLow">Lower ends of the 95 % intervals of Dice.</param>
/// <param name="DiceHigh">Upper ends.</param>
/// <param name="Iou">Mean after the last step.</param>
/// <param name="NsdToleranceMm">Of Nsd.</param>
/// <param name="VolumeError">Mean share by which the last mask is too large or too small.</param>
/// <param name="Noi">Steps to Dice 0.80, 0.85 and 0.90.</param>
/// <param name="Noc">Prompts to the same.</param>
/// <param name="Failures">Share of the objects that never get there.</param>
/// <param name="CalibrationError">Of confidence, see <see cref="Calibration.Error"/>.</param>
/// <param name="BestCandidateRate">Share of the steps at which the server chose the best of several proposals; null where there was one.</param>
/// <param name="TotalMsPerStep">Milliseconds from prompt to mask, sending included.</param>
/// <param name="BytesUpPerStep">Sent, bricks included.</param>
/// <param name="BytesDownPerStep">Received.</param>
/// <param name="LargestFall">Largest fall of the mean Dice from one step to the next; 0 when it never falls.</param>
/// <param name="LargestFallOfCase">The same of the Dice of any one object.</param>
/// <param name="Series">Of in-context, else null.</param>
internal sealed record EvaluationSummary(
    string Model,
    string Protocol,
    string Dataset,
    int Cases,
    IReadOnlyList<double> Dice,
    double Noi90,
    double? Hd95,
    double Nsd,
    double MsPerStep,
    string Split,
    int Subjects,
    int Seeds,
    IReadOnlyList<double> DiceLow,
    IReadOnlyList<double> DiceHigh,
    double Iou,
    double NsdToleranceMm,
    double VolumeError,
    IReadOnlyList<GoalMean> Noi,
    IReadOnlyList<GoalMean> Noc,
    IReadOnlyList<GoalShare> Failures,
    double CalibrationError,
    double? BestCandidateRate,
    double TotalMsPerStep,
    long BytesUpPerStep,
    long BytesDownPerStep,
    double LargestFall,
    double LargestFallOfCase,
    SeriesSummary? Series)
{
    /// <summary>Dice that count as good.</summary>
    public static IReadOnlyList<double> Goals { get; } = [0.80, 0.85, 0.90];

    /// <param name="model">What answered.</param>
    /// <param name="settings">What was played.</param>
    /// <param name="steps">Of this model; at least one, and all steps of each object.</param>
    public static EvaluationSummary Of(string model, EvaluationSettings settings, IReadOnlyList<EvaluatedStep> steps)
    {
        var objects = PlayedObject.Of(steps);
        MeanInterval? Mean(Func<PlayedObject, double?> value) => MeanOf(objects, value, settings.Seed);
        var dice = DiceOf(objects, settings.Seed);
        var sent = steps.Where(step => step.IsSent).ToArray();
        var judged = sent.Where(step => step.ChoseBest is not null).ToArray();
        GoalMean Steps(double goal) => GoalMean.Of(goal, Mean(played => played.StepsTo(goal))!.Value);
        return new EvaluationSummary(
            model,
            settings.Protocol.Name,
            string.Join(',', objects.Select(played => played.Place.Dataset).Distinct()),
            objects.Select(played => played.Last.Key with { Seed = 0 }).Distinct().Count(),
            [.. dice.Select(mean => Math.Round(mean.Mean, 4))],
            Steps(0.90).Mean,
            Mean(played => played.Last.Hd95) is { } distance ? Math.Round(distance.Mean, 3) : null,
            Math.Round(Mean(played => played.Last.Nsd)!.Value.Mean, 4),
            Math.Round(sent.Average(step => step.ServerMs), 2),
            settings.Split,
            objects.Select(played => (played.Place.Dataset, played.Place.Subject)).Distinct().Count(),
            settings.Seeds,
            [.. dice.Select(mean => Math.Round(mean.Low, 4))],
            [.. dice.Select(mean => Math.Round(mean.High, 4))],
            Math.Round(Mean(played => played.Last.Iou)!.Value.Mean, 4),
            settings.ToleranceMm,
            Math.Round(Mean(played => Math.Abs(played.Last.VolumeError))!.Value.Mean, 4),
            [.. Goals.Select(Steps)],
            [.. Goals.Select(goal => GoalMean.Of(goal, Mean(played => played.PromptsTo(goal))!.Value))],
            [.. Goals.Select(goal => new GoalShare(goal, Math.Round(Mean(played => played.Reaches(goal) ? 0 : 1)!.Value.Mean, 4)))],
            Math.Round(CalibrationOf(steps).Error, 4),
            judged.Length == 0 ? null : Math.Round(judged.Average(step => step.ChoseBest == true ? 1.0 : 0), 4),
            Math.Round(sent.Average(step => step.TotalMs), 2),
            (long)sent.Average(step => step.BytesUp),
            (long)sent.Average(step => step.BytesDown),
            Math.Round(LargestFallIn(dice.Select(mean => mean.Mean)), 4),
            Math.Round(objects.Max(played => LargestFallIn(played.Steps.Select(step => step.Dice))), 4),
            settings.Protocol.IsSeries ? SeriesSummary.Of(objects) : null);
    }

    /// <summary>Hierarchical mean of a value that some objects may lack; null when all do.</summary>
    public static MeanInterval? MeanOf(IEnumerable<PlayedObject> objects, Func<PlayedObject, double?> value, int seed) =>
        HierarchicalMean.Of(objects.Select(played => (played.Place, Value: value(played))).Where(one => one.Value is not null).Select(one => (one.Place, one.Value!.Value)), seed);

    /// <summary>Mean Dice after each step, with its interval.</summary>
    public static IReadOnlyList<MeanInterval> DiceOf(IReadOnlyList<PlayedObject> objects, int seed) =>
    [
        .. Enumerable.Range(0, objects.Max(played => played.Steps.Count))
            .Select(n => MeanOf(objects.Where(played => played.Steps.Count > n), played => played.Steps[n].Dice, seed)!.Value),
    ];

    /// <summary>Of all steps that were sent.</summary>
    public static Calibration CalibrationOf(IEnumerable<EvaluatedStep> steps) =>
        Calibration.Of([.. steps.Where(step => step.IsSent).Select(step => (step.Confidence, step.Dice))]);

    /// <summary>Of a series of values; 0 when it never falls.</summary>
    public static double LargestFallIn(IEnumerable<double> values)
    {
        var series = values.ToArray();
        return series.Zip(series.Skip(1), (before, after) => Math.Max(0, before - after)).DefaultIfEmpty(0).Max();
    }
}

/// <summary>A mean over the objects of what it took to a Dice, with its 95 % interval.</summary>
internal readonly record struct GoalMean(double Dice, double Mean, double Low, double High)
{
    public static GoalMean Of(double dice, MeanInterval mean) => new(dice, Math.Round(mean.Mean, 3), Math.Round(mean.Low, 3), Math.Round(mean.High, 3));
}

/// <summary>A share of the objects, about a Dice.</summary>
internal readonly record struct GoalShare(double Dice, double Share);
