using SegBridge.Cli.Cases;
using SegBridge.Cli.Evaluate.Protocols;
using SegBridge.Cli.Play;
using SegBridge.Cli.Simulation.Readers;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Cli.Evaluate.Playing;

/// <summary>One image of a series, known by name until its turn comes.</summary>
internal sealed class SeriesImage
{
    private readonly Dataset _dataset;
    private readonly DatasetCase _entry;
    private readonly SlicePlane _slice;
    private readonly string _name;

    private SeriesImage(Dataset dataset, DatasetCase entry, LabelledCase labelled, SlicePlane slice)
    {
        (_dataset, _entry, _slice, Value) = (dataset, entry, slice, labelled.Value!.Value);
        _name = SliceTarget.NameOf(labelled, slice);
    }

    /// <summary>The label's value.</summary>
    public int Value { get; }

    /// <summary>The slice with most of a label; null where too little of it shows, and for all labels together.</summary>
    public static SeriesImage? Of(Dataset dataset, DatasetCase entry, LabelledCase labelled) =>
        labelled.Value is not null && ProtocolTargets.Largest(labelled) is { } slice ? new SeriesImage(dataset, entry, labelled, slice) : null;

    public ObjectKey KeyFor(int seed) => new(_dataset.Name, _name, _dataset.LabelOf(Value), seed);

    public EvaluatedObject Read(EvaluationSettings settings, int seed, int index)
    {
        var labelled = _dataset.ObjectsOf(_entry).First(one => one.Value == Value);
        return new EvaluatedObject(
            new SliceTarget(labelled, _slice, Radiologist.Named(settings.Reader)), _dataset.Name, _entry.Subject, _dataset.LabelOf(Value), seed, index);
    }
}
