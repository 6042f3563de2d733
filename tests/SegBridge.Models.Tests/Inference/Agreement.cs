namespace SegBridge.Models.Tests.Inference;

/// <summary>Whether two runtimes give the same numbers.</summary>
internal static class Agreement
{
    /// <summary>Of float32 networks, relative to the larger of 1 and the value: sums of a thousand terms differ in their last digits.</summary>
    public const double Tolerance = 1e-4;

    public static void Assert(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what, double tolerance = Tolerance)
    {
        Xunit.Assert.Equal(expected.Length, actual.Length);
        var (worst, least, most) = (0.0, double.MaxValue, double.MinValue);
        for (var n = 0; n < expected.Length; n++)
        {
            var difference = Math.Abs((double)expected[n] - actual[n]) / Math.Max(1, Math.Abs(expected[n]));
            worst = difference <= worst ? worst : difference;
            (least, most) = (Math.Min(least, expected[n]), Math.Max(most, expected[n]));
        }

        // NaN compares false, so that it fails here too.
        Xunit.Assert.True(worst <= tolerance, $"{what}: the largest difference is {worst}");
        Xunit.Assert.True(most > least || expected.Length == 1, $"{what} is all the same");
    }
}
