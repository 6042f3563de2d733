using SegBridge.Cli.Cases;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Evaluate.Protocols;

namespace SegBridge.Cli.Evaluate.Playing;

/// <summary>All that an evaluation plays, in order. Images are read when their turn comes.</summary>
internal sealed class EvaluationUnits
{
    private const int UsualSeries = 18;

    private readonly EvaluationSettings _settings;
    private readonly ProtocolTargets _targets;
    private readonly IReadOnlyList<(Dataset Dataset, IReadOnlyList<DatasetCase> Cases)> _data;

    /// <exception cref="UserException">No data set has cases of the split.</exception>
    public EvaluationUnits(IReadOnlyList<Dataset> datasets, EvaluationSettings settings)
    {
        (_settings, _targets) = (settings, new ProtocolTargets(settings));
        var most = settings.Protocol.IsSeries ? int.MaxValue : settings.Limit ?? int.MaxValue;
        // One data set without the split is a mistake, one of several is left out.
        _data =
        [
            .. datasets.Where(dataset => datasets.Count == 1 || dataset.Has(settings.Split))
                .Select(dataset => (dataset, (IReadOnlyList<DatasetCase>)[.. dataset.Of(settings.Split).Take(most)])),
        ];
        if (_data.Count == 0)
        {
            throw UserException.Usage($"--split: none of the {datasets.Count} data sets has a case of the split \"{settings.Split}\"");
        }
    }

    /// <summary>The data sets that take part.</summary>
    public IReadOnlyList<Dataset> Datasets => [.. _data.Select(one => one.Dataset)];

    /// <summary>Cases of all data sets.</summary>
    public int Cases => _data.Sum(one => one.Cases.Count);

    /// <summary>The units and the share of the whole that is done after each.</summary>
    public IEnumerable<(EvaluationUnit Unit, double Done)> All() => _settings.Protocol.IsSeries ? Series() : Singles();

    private IEnumerable<(EvaluationUnit Unit, double Done)> Singles()
    {
        var number = 0;
        foreach (var (dataset, cases) in _data)
        {
            foreach (var entry in cases)
            {
                var objects = _targets.Of(dataset, entry).ToArray();
                for (var n = 0; n < objects.Length; n++)
                {
                    yield return (new SingleUnit(objects[n]), (number + ((n + 1.0) / objects.Length)) / Cases);
                }

                number++;
            }
        }
    }

    private IEnumerable<(EvaluationUnit Unit, double Done)> Series()
    {
        var all = _data.SelectMany(one => SeriesOf(one.Dataset, one.Cases)).ToArray();
        var (total, done) = (all.Sum(unit => unit.Keys.Count), 0);
        foreach (var unit in all)
        {
            done += unit.Keys.Count;
            yield return (unit, (double)done / total);
        }
    }

    // For each label and seed the slice with most of it of each case, in an order of chance.
    private IEnumerable<SeriesUnit> SeriesOf(Dataset dataset, IReadOnlyList<DatasetCase> cases)
    {
        var images = cases.SelectMany(entry => dataset.ObjectsOf(entry).Select(labelled => SeriesImage.Of(dataset, entry, labelled)).OfType<SeriesImage>());
        foreach (var task in images.GroupBy(image => image.Value).Where(task => task.Count() > 1).OrderBy(task => task.Key))
        {
            for (var seed = _settings.Seed; seed < _settings.Seed + _settings.Seeds; seed++)
            {
                var order = task.ToArray();
                new Random(seed).Shuffle(order);
                var now = seed;
                yield return new SeriesUnit(
                    $"evaluate {dataset.Name} {task.Key}",
                    [.. order.Take(_settings.Limit ?? UsualSeries).Select((image, index) => (image.KeyFor(now), (Func<EvaluatedObject>)(() => image.Read(_settings, now, index))))]);
            }
        }
    }
}
