using SegBridge.Cli.Evaluate.Results;

namespace SegBridge.Cli.Evaluate.Report;

/// <summary>The curves of the report.</summary>
internal static class ReportCharts
{
    private const int MostTicks = 12;

    /// <summary>Mean Dice after each step, with its interval.</summary>
    public static string Dice(EvaluationResults results)
    {
        ChartCurve[] curves =
        [
            .. results.Summaries.Select(summary => new ChartCurve(
                summary.Model, [.. summary.Dice.Select((dice, n) => new ChartPoint(n + 1, dice, summary.DiceLow[n], summary.DiceHigh[n]))])),
        ];
        var low = Math.Clamp(Math.Floor(curves.Min(curve => curve.Points.Min(point => point.Low ?? point.Y)) * 10) / 10, 0, 0.9);
        return LineChart.Legend(curves) + LineChart.Svg("Mean Dice after each step", Steps("step", results.Settings.Steps), Share("mean Dice", low), curves);
    }

    /// <summary>Predicted against measured Dice.</summary>
    public static string Reliability(EvaluationResults results)
    {
        ChartCurve[] curves =
        [
            .. results.Arms.Select(arm => new ChartCurve(
                arm.Name, [.. EvaluationSummary.CalibrationOf(results.StepsOf(arm)).Bins.Where(bin => bin.Count > 0).Select(bin => new ChartPoint(bin.Confidence, bin.Dice))])),
        ];
        return LineChart.Legend(curves) + LineChart.Svg("Measured Dice by predicted Dice", Share("confidence (predicted Dice)", 0), Share("measured Dice", 0), curves, diagonal: true);
    }

    /// <summary>Steps to Dice 0.90 of the first image of a series, of the second, …</summary>
    public static string Series(EvaluationResults results)
    {
        ChartCurve[] curves =
        [
            .. results.Summaries.Select(summary => new ChartCurve(summary.Model, [.. summary.Series!.Noi90.Select((steps, n) => new ChartPoint(n + 1, steps))])),
        ];
        var highest = Math.Max(1, Math.Ceiling(curves.Max(curve => curve.Points.Max(point => point.Y))));
        var images = curves.Max(curve => curve.Points.Count);
        return LineChart.Legend(curves)
            + LineChart.Svg("Steps to Dice 0.90 by place in the series", Steps("image of the series", images), new ChartAxis("steps to Dice 0.90", 0, highest, Ticks(0, highest), "0.##"), curves);
    }

    // Half a step of room on both sides, so that one step alone has a place too.
    private static ChartAxis Steps(string title, int count) => new(title, 0.5, count + 0.5, [.. Ticks(1, count).Where(tick => tick >= 1)], "0");

    private static ChartAxis Share(string title, double low) =>
        new(title, low, 1, [.. Enumerable.Range(0, 11).Select(n => n / 10.0).Where(tick => tick >= low - 1e-9)], "0.0###");

    private static double[] Ticks(double low, double high)
    {
        var every = Math.Max(1, Math.Ceiling((high - low) / MostTicks));
        return [.. Enumerable.Range(0, MostTicks + 1).Select(n => low + (n * every)).Where(tick => tick <= high)];
    }
}
