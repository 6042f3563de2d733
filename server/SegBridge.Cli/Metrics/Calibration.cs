namespace SegBridge.Cli.Metrics;

/// <summary>Predictions of one range of confidence.</summary>
/// <param name="Count">How many; 0 leaves the means 0.</param>
/// <param name="Confidence">Mean Dice as predicted.</param>
/// <param name="Dice">Mean Dice as it was.</param>
internal readonly record struct CalibrationBin(int Count, double Confidence, double Dice);

/// <summary>Whether confidence can be believed: predicted Dice against Dice, in ten equal ranges of confidence.</summary>
/// <param name="Bins">From 0 to 1.</param>
/// <param name="Error">Expected calibration error: mean distance between confidence and Dice of the ranges, weighted by their counts.</param>
internal sealed record Calibration(IReadOnlyList<CalibrationBin> Bins, double Error)
{
    private const int Ranges = 10;

    /// <param name="predictions">Confidence, 0 to 1, and Dice of each prediction; at least one.</param>
    public static Calibration Of(IReadOnlyCollection<(double Confidence, double Dice)> predictions)
    {
        var ranges = predictions.ToLookup(one => Math.Clamp((int)(one.Confidence * Ranges), 0, Ranges - 1));
        CalibrationBin[] bins =
        [
            .. Enumerable.Range(0, Ranges).Select(n => ranges[n].ToArray()).Select(within => within.Length == 0
                ? default
                : new CalibrationBin(within.Length, within.Average(one => one.Confidence), within.Average(one => one.Dice))),
        ];
        return new Calibration(bins, bins.Sum(bin => bin.Count * Math.Abs(bin.Confidence - bin.Dice)) / predictions.Count);
    }
}
