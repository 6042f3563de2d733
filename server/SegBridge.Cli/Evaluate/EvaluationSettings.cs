using SegBridge.Cli.Evaluate.Protocols;
using SegBridge.Cli.Simulation;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;

namespace SegBridge.Cli.Evaluate;

/// <summary>What an evaluation plays.</summary>
internal sealed record EvaluationSettings
{
    public required Protocol Protocol { get; init; }

    /// <summary>"train" or "validation"; data that are not split are played whole.</summary>
    public string Split { get; init; } = "validation";

    /// <summary>Steps on each object.</summary>
    public required int Steps { get; init; }

    /// <summary>Cases of each data set at most, images of each series; null for all (of a series 18).</summary>
    public int? Limit { get; init; }

    /// <summary>How often each object is played, with other chance each time.</summary>
    public int Seeds { get; init; } = 1;

    /// <summary>The first seed.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Of the surface Dice.</summary>
    public double ToleranceMm { get; init; } = 5;

    /// <summary>Values from black to white; null: the model scales each image by itself.</summary>
    public IntensityWindow? Window { get; init; }

    /// <summary>Across which axes of a volume 2D readers look at slices.</summary>
    public IReadOnlyList<Axis> Axes { get; init; } = [Axis.K];

    /// <summary>See <see cref="SliceBox.Around"/>.</summary>
    public int BoxJitter { get; init; } = SliceBox.UsualJitter;

    /// <summary>Who prompts in a series.</summary>
    public string Reader { get; init; } = "center-clicks";

    /// <summary>Whether models of several proposals send all, so that the choice can be judged; it costs time and bytes.</summary>
    public bool Candidates { get; init; } = true;

    /// <summary>Whether a picture of every object is kept.</summary>
    public bool Pictures { get; init; }

    /// <summary>Whether a report goes into a document as Markdown instead of being a page of its own.</summary>
    public static bool IsMarkdown(string report) => report.EndsWith(".md", StringComparison.OrdinalIgnoreCase);

    /// <summary>All that decides what a step is, for telling whether two runs may be joined.</summary>
    public string Signature => FormattableString.Invariant(
        $"{Protocol.Name} {Split} steps={Steps} tolerance={ToleranceMm} window={Window?.ToString() ?? "none"} axes={string.Concat(Axes)} jitter={BoxJitter} reader={Reader} candidates={Candidates}")
        + (Protocol.IsSeries ? FormattableString.Invariant($" limit={Limit}") : "");
}
