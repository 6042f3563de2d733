namespace SegBridge.Cli.Metrics;

/// <summary>Where a value belongs: the label of an object of a subject in a data set.</summary>
internal readonly record struct Place(string Dataset, string Label, string Subject);

/// <summary>
/// Means over unequal groups: over what a subject has of a label first, then over the label's subjects, the data set's
/// labels, and the data sets, so that no subject, label or data set counts more for having more images.
/// </summary>
internal static class HierarchicalMean
{
    private const int Draws = 2000;

    /// <summary>
    /// The mean with its 95 % interval: a percentile bootstrap that draws subjects, with all they have, within each data
    /// set. One subject has no width. The same values and seed give the same interval; null without values.
    /// </summary>
    public static MeanInterval? Of(IEnumerable<(Place Place, double Value)> values, int seed)
    {
        var datasets = Groups(values);
        if (datasets.Length == 0)
        {
            return null;
        }

        var random = new Random(seed);
        var means = new double[Draws];
        for (var n = 0; n < Draws; n++)
        {
            var sum = 0.0;
            foreach (var dataset in datasets)
            {
                sum += dataset.Drawn(random);
            }

            means[n] = sum / datasets.Length;
        }

        Array.Sort(means);
        return new MeanInterval(datasets.Average(dataset => dataset.Mean), means[(int)(0.025 * Draws)], means[(int)(0.975 * Draws)]);
    }

    /// <summary>The mean alone; null without values.</summary>
    public static double? Of(IEnumerable<(Place Place, double Value)> values) =>
        Groups(values) is { Length: > 0 } datasets ? datasets.Average(dataset => dataset.Mean) : null;

    private static Group[] Groups(IEnumerable<(Place Place, double Value)> values) =>
        [.. values.GroupBy(one => one.Place.Dataset).Select(group => new Group([.. group]))];

    /// <summary>One data set: for each subject its mean of each label that it has.</summary>
    private sealed class Group
    {
        private readonly (int Label, double Mean)[][] _subjects;
        private readonly double[] _sums;
        private readonly int[] _counts;

        public Group((Place Place, double Value)[] values)
        {
            var labels = values.Select(one => one.Place.Label).Distinct().ToList();
            _subjects =
            [
                .. values.GroupBy(one => one.Place.Subject).Select(subject => subject.GroupBy(one => one.Place.Label)
                    .Select(label => (labels.IndexOf(label.Key), label.Average(one => one.Value))).ToArray()),
            ];
            (_sums, _counts) = (new double[labels.Count], new int[labels.Count]);
            Mean = MeanOf(_subjects.Length, n => n);
        }

        public double Mean { get; }

        public double Drawn(Random random) => MeanOf(_subjects.Length, _ => random.Next(_subjects.Length));

        private double MeanOf(int count, Func<int, int> pick)
        {
            Array.Clear(_sums);
            Array.Clear(_counts);
            for (var n = 0; n < count; n++)
            {
                foreach (var (label, mean) in _subjects[pick(n)])
                {
                    _sums[label] += mean;
                    _counts[label]++;
                }
            }

            // A draw may lack a label that only few subjects have.
            return _sums.Zip(_counts).Where(label => label.Second > 0).Average(label => label.First / label.Second);
        }
    }
}
